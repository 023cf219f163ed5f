import { createHash, randomUUID } from 'node:crypto'
import type { OnboardingRequest, Opened } from '../../store/onboarding-request.ts'
import { openOnboarding as open } from '../../store/open-onboarding.ts'
import { readSettings } from '../../store/settings.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { setupUrl } from './setup-link.ts'

/** Who created a record: the call's Idempotency-Key where it has one, so that its repeat is told the same. */
export function creatorOf(idempotencyKey: string | undefined): string {
  return idempotencyKey ? createHash('sha256').update(idempotencyKey).digest('hex') : randomUUID()
}

export const runOf = ({ billingCustomer, onboarding }: Pick<Opened, 'billingCustomer' | 'onboarding'>) => ({
  environment: billingCustomer.environment,
  organizationId: billingCustomer.organizationId,
  customerId: billingCustomer.customerId,
  billingCustomerId: billingCustomer.id,
  onboardingId: onboarding.id,
  n: onboarding.n,
  gateway: onboarding.gateway,
  kind: onboarding.kind,
})

/** Opens the contact's onboarding, or finds it, and sees that it runs. The answer does not wait for the run. */
export async function openOnboarding(d: ApiDependencies, request: OnboardingRequest): Promise<Opened> {
  const settings = await readSettings(d.database, d.settingDefaults, request.organizationId, request.environment)
  const opened = await open(d.database, request, settings)
  if (opened.run === 'start') d.runs.start(runOf(opened))
  if (opened.run === 'wake') d.runs.wake(runOf(opened), 'recordChanged')
  return opened
}

/** The setup link of an opened onboarding. */
export function linkOf(
  d: ApiDependencies,
  { billingCustomer, onboarding }: Pick<Opened, 'billingCustomer' | 'onboarding'>,
): string {
  return setupUrl(d, {
    brandId: billingCustomer.brandId,
    organizationId: billingCustomer.organizationId,
    billingCustomerId: billingCustomer.id,
    onboardingId: onboarding.id,
    linkVersion: onboarding.linkVersion,
  })
}
