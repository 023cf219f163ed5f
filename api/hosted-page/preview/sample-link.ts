import { noPageOptions, type PageTheme } from '../../../domain/hosted-page.ts'
import { defaultGateway, type OnboardingKind } from '../../../domain/lifecycle.ts'
import type { AttemptFacts, OnboardingFacts } from '../../../domain/onboarding/onboarding.ts'
import type { PreviewState } from '../../../domain/tenant/page-previews.ts'
import type { Settings } from '../../../domain/tenant/settings.ts'
import type { Brand } from '../../../store/tenants/brands.ts'
import type { OpenedLink } from '../../setup/opened-link.ts'

interface Sample {
  brand: Brand
  settings: Settings
  state: PreviewState
  kind: OnboardingKind
  theme?: PageTheme | undefined
}

/** Returns an example of a link in a state. Nothing of it exists. */
export function sampleLink({ brand, settings, state, kind, theme }: Sample): OpenedLink {
  const onboarding = sampleOnboarding(brand, state, kind)
  return {
    standing: state === 'watching' ? 'watch' : onboarding.endedAt ? 'over' : 'open',
    purpose: state === 'asked' || state === 'watching' ? 'progress' : 'setup',
    current: true,
    billingCustomer: sampleCustomer(brand, onboarding),
    onboarding,
    page: { ...noPageOptions, ...links, theme: theme ?? null },
    brand,
    settings,
    refusedGateways: [],
  }
}

const links = { returnUrl: 'https://example.com/billing', cancelUrl: 'https://example.com/' }
const ids = { billingCustomerId: 'bc_preview', customerId: 'cus_preview', onboardingId: 'onb_preview' }

const attemptOf = (state: AttemptFacts['state'], now: Date): AttemptFacts => ({
  number: 1,
  linkVersion: 1,
  state,
  code: null,
  bankAsked: false,
  onForm: false,
  createdAt: now,
  closedAt: state === 'needs_customer' ? null : now,
})

function sampleOnboarding(brand: Brand, state: PreviewState, kind: OnboardingKind): OnboardingFacts {
  const now = new Date()
  const isReplacement = kind === 'replacement'
  const asks = state === 'confirm' || state === 'asked'
  return {
    ...ids,
    kind,
    environment: brand.environment,
    organizationId: brand.organizationId,
    billingCustomerStatus: isReplacement ? 'active' : 'pending',
    onboardingNumber: 1,
    gateway: defaultGateway,
    amount: 1500,
    currency: 'USD',
    requireInitial: !isReplacement,
    wantedAmount: null,
    refundInitial: false,
    billableItemId: null,
    closing: state === 'closing' ? 'canceled' : null,
    result: state === 'active' ? 'completed' : null,
    createdAt: now,
    linkVersion: 1,
    linkGivenAt: now,
    expiresAt: now,
    remindersSent: 0,
    blockedOn: 'customer',
    nextRetryAt: null,
    endedAt: null,
    page: noPageOptions,
    swapped: false,
    attempts: asks ? [attemptOf('needs_customer', now)] : [],
    formCards: [],
    objects: [],
    unsettledCharges: [],
  }
}

function sampleCustomer({ organizationId, environment, id }: Brand, { kind }: OnboardingFacts) {
  return {
    id: ids.billingCustomerId,
    organizationId,
    environment,
    customerId: ids.customerId,
    brandId: id,
    status: kind === 'replacement' ? ('active' as const) : ('pending' as const),
    gateway: defaultGateway,
    currency: 'USD',
    allowTrigger: true,
    notes: null,
    metadata: {},
    gatewayCustomerId: null,
    paymentMethodId: null,
    paymentMethodLabel: null,
    paymentMethodDetails: null,
    createdBy: '',
    createdAt: new Date(),
    contactId: ids.customerId,
    initialCharged: false,
  }
}
