import type { Environment, GatewayName } from '../domain/lifecycle.ts'
import type { Sql } from './database.ts'
import { findOwnerOfObject } from './payment-rows.ts'
import { findRun, lowerWake, type RunReference } from './wake.ts'

export type NewsReceiver =
  /** No row of ours has this object. */
  | { kind: 'nobody' }
  /** The run that drives the onboarding is to look; `woken` is false where it was about to look anyway. */
  | { kind: 'run'; run: RunReference; woken: boolean }
  /** The onboarding has ended; its money may still need somebody. */
  | { kind: 'money'; chargeId: string }
  /** The onboarding has ended and there is no money on the object. */
  | { kind: 'ended' }

/** Finds who must look at a payment object of which a gateway has news, and asks the run to look where one is live. */
export async function receiveNews(
  sql: Sql,
  object: { environment: Environment; gateway: GatewayName; objectId: string },
): Promise<NewsReceiver> {
  const owner = await findOwnerOfObject(sql, object)
  if (!owner) return { kind: 'nobody' }
  if (owner.ended) return owner.chargeId ? { kind: 'money', chargeId: owner.chargeId } : { kind: 'ended' }
  const run = (await findRun(sql, owner.onboardingId))!
  // While a step is talking to the gateway it reads the object itself; only a run that waits for the bank needs the news.
  const [waiting] = await sql`
    select 1 from payment_attempts where onboarding_id = ${owner.onboardingId} and state in ('needs_customer', 'processing')`
  return { kind: 'run', run, woken: waiting !== undefined && (await lowerWake(sql, owner.onboardingId)) }
}
