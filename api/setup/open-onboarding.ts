import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { byApiKey } from '../../domain/events/author.ts'
import { allows } from '../../domain/tenant/scopes.ts'
import type { RecordedRun } from '../../domain/onboarding/run.ts'
import type { OnboardingRequest, OpenResult } from '../../store/lifecycle/onboarding-request.ts'
import { offeredGateways } from '../../payments/customers/offered-gateways.ts'
import { readContactRecord, type ContactRecord } from '../../store/billing-customers/contact-record.ts'
import { readIfUnchanged } from '../../store/lifecycle/reopen.ts'
import { openOnboarding as open } from '../../store/lifecycle/open-onboarding.ts'
import type { Caller } from '../call/auth.ts'
import type { CallEnv } from '../call/call-env.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { requireAnyGateway, requireBrand } from './brand-and-gateway.ts'
import { addLogFields } from '../../runtime/log-context.ts'
import { setupUrl } from '../setup-links.ts'

/**
 * Returns who creates a record: the call, and its repeats with the same Idempotency-Key, so that they get the same
 * response. The same key at another door, or after 24 hours, is another call.
 */
export const creatorOf = (c: Context<CallEnv>): string => c.get('reservedId') ?? randomUUID()

/** Returns the run of an onboarding, which includes its reference. */
export const runOf = ({
  billingCustomer,
  onboarding,
}: Pick<OpenResult, 'billingCustomer' | 'onboarding'>): RecordedRun => ({
  environment: billingCustomer.environment,
  organizationId: billingCustomer.organizationId,
  customerId: billingCustomer.customerId,
  billingCustomerId: billingCustomer.id,
  onboardingId: onboarding.onboardingId,
  n: onboarding.onboardingNumber,
  gateway: onboarding.gateway,
  kind: onboarding.kind,
  hasShortWorkflowId: onboarding.hasShortWorkflowId,
})

/** Values that the API key and its organization determine. No field of a call can override them. */
type SetByUs =
  'organizationId' | 'environment' | 'currency' | 'offered' | 'brandId' | 'mayEnroll' | 'startAt' | 'author'

export interface OnboardingOptions extends Omit<OnboardingRequest, SetByUs> {
  /** The id of a brand, or its number as a string. */
  brand?: string | undefined
}

/**
 * Opens or finds the contact's onboarding, and starts its run if necessary. The response does not wait for the run, and
 * a repeat without changes begins no transaction. Throws `not_found` for an unknown brand, `conflict` if no payment
 * would be possible, and as the store.
 */
export async function openOnboarding(
  d: ApiDependencies,
  caller: Caller,
  asked: OnboardingOptions,
): Promise<OpenResult> {
  const { organizationId, environment, currency } = caller
  const known = await readContactRecord(d.database, {
    organizationId,
    environment,
    contactId: asked.contactId,
    brand: asked.brand,
  })
  if (mustPay(asked, caller, known)) requireAnyGateway(d, caller)
  const brandId = await brandOf(d, caller, known, asked.brand)
  const request = {
    organizationId,
    environment,
    currency,
    brandId,
    mayEnroll: allows(caller.scopes, 'enrollments:write'),
    contactId: asked.contactId,
    createdBy: asked.createdBy,
    author: byApiKey(caller.id),
    activateAtOnce: asked.activateAtOnce,
    gateway: asked.gateway,
    offered: offeredGateways(d.gateways, caller),
    allowTrigger: asked.allowTrigger,
    requireInitial: asked.requireInitial,
    initialAmountMajor: asked.initialAmountMajor,
    initialAmountMinor: asked.initialAmountMinor,
    notes: asked.notes,
    metadata: asked.metadata,
    billableItemId: asked.billableItemId,
    page: asked.page,
    startAt: undefined,
  } satisfies Record<keyof OnboardingRequest, unknown>
  const unchanged = known && (await readIfUnchanged(d.database, request, known))
  const opened = unchanged ?? (await open(d.database, request, caller.settings))
  logIds(opened)
  if (opened.run === 'start') d.runs.start(runOf(opened))
  if (opened.run === 'signal') d.runs.signal(runOf(opened), 'recordChanged')
  return opened
}

function logIds({ billingCustomer, onboarding }: OpenResult): void {
  const { id: billing_customer, customerId: customer } = billingCustomer
  addLogFields({ customer, billing_customer, onboarding: onboarding.onboardingId })
}

/** Returns whether the request leads to a page on which a payment method is entered. */
function mustPay(
  { activateAtOnce, requireInitial }: OnboardingOptions,
  { settings }: Caller,
  known?: ContactRecord,
): boolean {
  if (known?.status === 'active' || known?.status === 'suspended') return false
  return !activateAtOnce || (requireInitial ?? settings.requireInitial)
}

/** Returns the id of the requested brand, if any. It is looked up only if it is not that of the record. */
async function brandOf(
  d: ApiDependencies,
  caller: Caller,
  known: ContactRecord | undefined,
  reference: string | undefined,
) {
  if (reference === undefined) return undefined
  const isItsOwn = known?.brandId && (reference === known.brandId || reference === String(known.brandNumber))
  return isItsOwn ? known.brandId! : (await requireBrand(d, caller, reference)).id
}

/** Returns the setup link of an opened onboarding. */
export function linkOf(
  d: ApiDependencies,
  { billingCustomer, onboarding }: Pick<OpenResult, 'billingCustomer' | 'onboarding'>,
): string {
  return setupUrl(d, {
    brandId: billingCustomer.brandId,
    organizationId: billingCustomer.organizationId,
    billingCustomerId: billingCustomer.id,
    onboardingId: onboarding.onboardingId,
    linkVersion: onboarding.linkVersion,
  })
}
