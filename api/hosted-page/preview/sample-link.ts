import { noPageOptions, type PageTheme } from '../../../domain/hosted-page.ts'
import {
  defaultGateway,
  type BillingCustomerStatus,
  type OnboardingKind,
  type Result,
} from '../../../domain/lifecycle.ts'
import type { AttemptFacts, OnboardingFacts } from '../../../domain/onboarding/onboarding.ts'
import type { PreviewState } from '../../../domain/tenant/page-previews.ts'
import { own } from '../../../domain/text/own.ts'
import type { TenantSettings } from '../../../domain/tenant/settings.ts'
import type { Brand } from '../../../store/tenants/brands.ts'
import type { OpenedLink } from '../../setup/opened-link.ts'
import type { ItemTerms } from '../agreement.ts'

interface Sample {
  brand: Brand
  settings: TenantSettings
  state: PreviewState
  kind: OnboardingKind
  theme?: PageTheme | undefined
}

/** Returns an example of a link in a state. Nothing of it exists. */
export function sampleLink({ brand, settings, state, kind, theme }: Sample): OpenedLink {
  const onboarding = sampleOnboarding(brand, state, kind)
  return {
    standing: own(standings, state) ?? 'open',
    purpose: state === 'asked' || state === 'watching' ? 'progress' : 'setup',
    current: true,
    billingCustomer: sampleCustomer(brand, state, kind),
    onboarding,
    page: { ...noPageOptions, ...links, theme: theme ?? null },
    brand,
    settings,
    refusedGateways: [],
  }
}

/** The links that are not open. */
const standings: Partial<Record<PreviewState, OpenedLink['standing']>> = {
  watching: 'watch',
  expired: 'expired',
  replaced: 'replaced',
  canceled: 'over',
  failed: 'over',
}
const results: Partial<Record<PreviewState, Result>> = { active: 'completed', canceled: 'canceled', failed: 'failed' }

const links = { returnUrl: 'https://example.com/billing', cancelUrl: 'https://example.com/' }
/** What is charged later. A replacement has no item. */
export const sampleItem = (kind: OnboardingKind): ItemTerms | undefined => (kind === 'replacement' ? undefined : item)

const item: ItemTerms = {
  name: 'Monthly visit',
  amount: 4900,
  currency: 'USD',
  triggerMode: 'fixed',
  triggerCondition: null,
  triggerThreshold: null,
  allowAmountOverride: false,
}

const ids = { billingCustomerId: 'bc_preview', customerId: 'cus_preview', onboardingId: 'onb_preview' }

/** An attempt that waits for the bank. */
const asked: AttemptFacts = {
  number: 1,
  source: 'page',
  linkVersion: 1,
  state: 'needs_customer',
  code: null,
  bankAsked: true,
  onForm: false,
  createdAt: new Date(),
  closedAt: null,
}

function sampleOnboarding(brand: Brand, state: PreviewState, kind: OnboardingKind): OnboardingFacts {
  const now = new Date()
  const isReplacement = kind === 'replacement'
  return {
    ...ids,
    kind,
    hasShortWorkflowId: true,
    environment: brand.environment,
    organizationId: brand.organizationId,
    billingCustomerStatus: statusOf(state, kind),
    onboardingNumber: 1,
    gateway: defaultGateway,
    amount: 1500,
    currency: 'USD',
    requireInitial: !isReplacement,
    wantedAmount: null,
    refundInitial: false,
    standingChargeId: null,
    billableItemId: null,
    closing: state === 'closing' ? 'canceled' : null,
    result: own(results, state) ?? null,
    createdAt: now,
    linkVersion: 1,
    linkGivenAt: now,
    expiresAt: now,
    remindersSent: 0,
    blockedOn: 'customer',
    nextRetryAt: null,
    endedAt: null,
    page: noPageOptions,
    consent: null,
    swapped: false,
    attempts: state === 'confirm' || state === 'asked' || state === 'closing' ? [asked] : [],
    formCards: [],
    objects: [],
    unsettledCharges: [],
  }
}

const statusOf = (state: PreviewState, kind: OnboardingKind): BillingCustomerStatus =>
  state === 'suspended' ? 'suspended' : kind === 'replacement' ? 'active' : 'pending'

function sampleCustomer({ organizationId, environment, id }: Brand, state: PreviewState, kind: OnboardingKind) {
  return {
    id: ids.billingCustomerId,
    organizationId,
    environment,
    customerId: ids.customerId,
    brandId: id,
    status: statusOf(state, kind),
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
