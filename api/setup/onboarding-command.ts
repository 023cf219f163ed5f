import type { Context } from 'hono'
import { byApiKey } from '../../domain/events/author.ts'
import { conflict, notFound } from '../../domain/failure/failures.ts'
import type { PageChanges } from '../../domain/hosted-page.ts'
import { otherThan } from '../../domain/text/ids.ts'
import { findBillingCustomer, type BillingCustomer } from '../../store/billing-customers/billing-customers.ts'
import { applyCommand, wasApplied, type Command } from '../../store/lifecycle/commands.ts'
import { updatePage } from '../../store/lifecycle/update-page.ts'
import { readNewestFacts } from '../../store/onboardings/facts.ts'
import type { Caller } from '../call/auth.ts'
import type { CallEnv } from '../call/call-env.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { runOf } from './open-onboarding.ts'

/** Returns a billing customer of the caller. Throws `not_found`, including for those of other organizations. */
export async function requireBillingCustomer(d: ApiDependencies, caller: Caller, id: string): Promise<BillingCustomer> {
  const found = await findBillingCustomer(d.database, caller, id)
  if (found) return found
  const other = otherThan('billingCustomer', id)
  throw notFound(other ? `This is the id of ${other}. Billing customer` : 'Billing customer')
}

/** Returns the id under which the command of a call is recorded; repeats with its Idempotency-Key have the same. */
export function updateIdOf(c: Context<CallEnv>): string | undefined {
  const reserved = c.get('reservedId')
  return reserved && `call/${reserved}`
}

/** Returns whether a call repeats a command that was applied, and whose response was lost. */
export async function isAppliedRepeat(d: ApiDependencies, c: Context<CallEnv>, id: string): Promise<boolean> {
  const updateId = updateIdOf(c)
  return updateId !== undefined && c.get('firstTryAt') !== undefined && wasApplied(d.database, id, updateId)
}

/**
 * Executes a command on the live onboarding, with changes of its page in the same transaction, and signals its run. A
 * repeat changes nothing. Throws `conflict` if none is live.
 */
export async function commandOnboarding(
  d: ApiDependencies,
  c: Context<CallEnv>,
  id: string,
  wanted: Command,
  page?: PageChanges,
): Promise<void> {
  const caller = c.get('caller')
  if (await isAppliedRepeat(d, c, (await requireBillingCustomer(d, caller, id)).id)) return
  const { billingCustomer, onboarding } = await requireLive(d, caller, id)
  const context = { ...byApiKey(caller.id), updateId: updateIdOf(c), page }
  const done = await applyCommand(d.database, onboarding, context, wanted, caller.settings)
  if (done === 'ended') throw noneLive()
  d.runs.signal(runOf({ billingCustomer, onboarding }), 'recordChanged')
}

/** Changes page options of the live onboarding. Throws `conflict` if none is live. */
export async function changePage(d: ApiDependencies, caller: Caller, id: string, page: PageChanges): Promise<void> {
  const { onboarding } = await requireLive(d, caller, id)
  const done = await updatePage(d.database, onboarding, page, byApiKey(caller.id))
  if (done === 'ended') throw noneLive()
}

async function requireLive(d: ApiDependencies, caller: Caller, id: string) {
  const billingCustomer = await requireBillingCustomer(d, caller, id)
  const onboarding = await readNewestFacts(d.database, billingCustomer.id)
  if (!onboarding || onboarding.endedAt) throw noneLive()
  return { billingCustomer, onboarding }
}

export const noneLive = () => conflict('no_live_onboarding', 'id', 'this billing customer has no live onboarding')
