import {
  taskForCharge,
  taskForOnboarding,
  type ChargeToReview,
  type OperatorTask,
} from '../../domain/onboarding/operator-tasks.ts'
import { whatToDo, type PersonReason } from '../../domain/onboarding/person-reasons.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import type { Sql, Database, Transaction } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import type { RunInput } from '../../domain/onboarding/run.ts'
import { underLock } from '../database/lock.ts'

export interface ListedOperatorTask extends OperatorTask {
  billingCustomerId: string
}

/**
 * Lists what people must do now, for these billing customers or for all: live onboardings that wait for an operator,
 * then those that a gateway refused, then charges, each oldest first. Resolved items are not listed.
 */
export async function listOperatorTasks(sql: Sql, billingCustomerIds?: string[]): Promise<ListedOperatorTask[]> {
  const [blocked, refused, charges] = await Promise.all([
    sql<{ billingCustomerId: string; blockedReason: PersonReason | null }[]>`
      select billing_customer_id, blocked_reason from onboardings
      where ended_at is null and blocked_on = 'operator' and ${of(sql, billingCustomerIds)}
      order by created_at`,
    listRefused(sql, billingCustomerIds),
    listInQuestion(sql, billingCustomerIds),
  ])
  return [
    ...blocked.map((row) => ({
      ...taskForOnboarding(row.blockedReason),
      billingCustomerId: row.billingCustomerId,
    })),
    ...refused.map((row) => ({ ...taskForOnboarding('gateway_refused'), ...row })),
    ...charges.flatMap((charge) => {
      const needed = taskForCharge(charge)
      return needed ? [{ ...needed, billingCustomerId: charge.billingCustomerId }] : []
    }),
  ]
}

/**
 * Lists live onboardings that a gateway refused and still refuses. The customer can use another gateway in the
 * meantime.
 */
function listRefused(sql: Sql, billingCustomerIds?: string[]) {
  return sql<{ billingCustomerId: string }[]>`
    select o.billing_customer_id from onboardings o
    join refused_gateways r on r.organization_id = o.organization_id and r.environment = o.environment
      and r.gateway = o.refused_gateway
    where o.ended_at is null and o.blocked_on is distinct from 'operator' and ${of(sql, billingCustomerIds, 'o')}
    order by o.created_at`
}

/**
 * Lists charges that may need a person. The event's reason ends in the id of its charge. Of the unsettled states,
 * `open` is left out because its run is still working.
 */
function listInQuestion(sql: Sql, billingCustomerIds?: string[]) {
  return sql<(ChargeToReview & { billingCustomerId: string })[]>`
    select c.id, c.billing_customer_id, c.state, c.late, c.disputed_at is not null as disputed,
      exists (select 1 from refunds f where f.charge_id = c.id and f.state = 'pending') as refunding,
      array_remove(array_agg(split_part(e.data ->> 'reason', '/', 1) order by e.created_at), null) as raised
    from charges c
    left join events e on e.billing_customer_id = c.billing_customer_id and e.type = 'onboarding.needs_person'
      and split_part(e.data ->> 'reason', '/', 2) = c.id
    where c.state in ('unknown', 'refund_failed', 'refund_pending', 'succeeded', 'kept', 'canceled')
      and ${of(sql, billingCustomerIds, 'c')}
      and (c.state in ('unknown', 'refund_failed') or c.late or c.disputed_at is not null or e.id is not null)
    group by c.id
    order by c.created_at`
}

const of = (sql: Sql, billingCustomerIds: string[] | undefined, table?: string) =>
  billingCustomerIds === undefined
    ? sql`true`
    : sql`${sql(table ? `${table}.billing_customer_id` : 'billing_customer_id')} = any(${billingCustomerIds})`

/** Reports that a person must act on a charge, in a transaction of its own (see `reportTaskUnderLock`). */
export async function reportOperatorTask(
  database: Database,
  charge: OnboardingReference,
  why: PersonReason,
  chargeId?: string,
): Promise<void> {
  await underLock(database, charge.billingCustomerId, (sql) => reportTaskUnderLock(sql, charge, why, chargeId))
}

/**
 * Reports that a person must act, and what to do, once per onboarding, reason and charge. Call it under the billing
 * customer's lock.
 */
export async function reportTaskUnderLock(
  sql: Transaction,
  reference: OnboardingReference,
  why: PersonReason,
  chargeId?: string,
): Promise<void> {
  const reason = chargeId === undefined ? why : `${why}/${chargeId}`
  await insertEvent(sql, reference, {
    type: 'onboarding.needs_person',
    data: { reason, what_to_do: whatToDo(why) },
    updateId: `needs_person/${reason}`,
  })
}

/** Reports a run that was signaled repeatedly and never wrote a row: its workers or its code need a person. */
export async function reportStalledRun(database: Database, run: RunInput): Promise<void> {
  const reason: PersonReason = 'no_sign_of_life'
  await underLock(database, run.billingCustomerId, async (sql) => {
    await sql`update onboardings set blocked_on = 'operator', blocked_reason = ${reason}
      where id = ${run.onboardingId} and ended_at is null`
    await reportTaskUnderLock(sql, run, reason)
  })
}
