import { byApiKey } from '../../domain/events/author.ts'
import type { PageChanges } from '../../domain/hosted-page.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { BillingCustomer } from '../../store/billing-customers/billing-customers.ts'
import { openReplacement as open } from '../../store/lifecycle/replacements.ts'
import { readSettings } from '../../store/tenants/settings.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { requireAnyGateway } from './brand-and-gateway.ts'
import { runOf } from './open-onboarding.ts'

export interface OpenedSetup {
  billingCustomer: BillingCustomer
  onboarding: OnboardingFacts
}

/** Opens or finds the replacement of a payment method, and starts its run if necessary. Throws `conflict`. */
export async function openReplacement(
  d: ApiDependencies,
  caller: Caller,
  billingCustomer: BillingCustomer,
  gateway: GatewayName | undefined,
  page?: PageChanges,
  createdBy?: string,
): Promise<OpenedSetup> {
  const settings = await readSettings(d.database, d.settingDefaults, billingCustomer)
  requireAnyGateway(d, { ...billingCustomer, settings })
  const author = { ...byApiKey(caller.id), ...(createdBy === undefined ? {} : { createdBy }) }
  const { facts, begun } = await open(d.database, billingCustomer, gateway, settings, author, page)
  const opened = { billingCustomer, onboarding: facts }
  if (begun) d.runs.start(runOf(opened))
  return opened
}
