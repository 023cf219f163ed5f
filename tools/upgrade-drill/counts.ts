import type { Stack } from './stack.ts'

/** What PostgreSQL, the gateways and Temporal say. */
export interface Counts {
  onboardings: number
  completed: number
  /** Onboardings that wait for an operator. */
  operator: number
  /** Charges that succeeded, and billing customers with one. */
  charges: number
  charged: number
  enrollments: number
  replaced: number
  /** Charges in the ledgers of all gateways. */
  ledger: number
  refunded: number
}

interface Ledger {
  charges: { refunded_amount: number }[]
}

export async function countAll({ database, stripeUrl, paypalUrl }: Stack): Promise<Counts> {
  const [row] = await database<[Omit<Counts, 'ledger' | 'refunded'>]>`
    select
      (select count(*)::integer from onboardings where kind = 'onboarding') as onboardings,
      (select count(*)::integer from onboardings where kind = 'onboarding' and result = 'completed') as completed,
      (select count(*)::integer from onboardings where blocked_on = 'operator') as operator,
      (select count(*)::integer from charges where state = 'succeeded') as charges,
      (select count(distinct billing_customer_id)::integer from charges where state = 'succeeded') as charged,
      (select count(*)::integer from enrollments where status = 'active') as enrollments,
      (select count(*)::integer from onboardings where kind = 'replacement' and result = 'completed') as replaced`
  const ledgers = await Promise.all(
    [stripeUrl, paypalUrl].map(async (url) => (await (await fetch(`${url}/_sim/ledger`)).json()) as Ledger),
  )
  const charges = ledgers.flatMap((ledger) => ledger.charges)
  return { ...row, ledger: charges.length, refunded: charges.filter((each) => each.refunded_amount > 0).length }
}

/** Returns why counts are not those of `people` customers who all completed; empty if they are. */
export function problemsOf(counts: Counts, people: number, replaced: number): string[] {
  const { onboardings, completed, charges, charged, enrollments, ledger } = counts
  const wrong = Object.entries({ onboardings, completed, charges, charged, enrollments, ledger }).filter(
    ([, count]) => count !== people,
  )
  return [
    ...wrong.map(([name, count]) => `${name} is ${count} instead of ${people}`),
    ...(counts.replaced === replaced ? [] : [`replaced is ${counts.replaced} instead of ${replaced}`]),
    ...(counts.refunded === 0 ? [] : [`${counts.refunded} charges were refunded`]),
    ...(counts.operator === 0 ? [] : [`${counts.operator} onboardings wait for an operator`]),
  ]
}

/** Counts failed workflow tasks since a time, by workflow type and message. */
export async function countFailedTasks({ client }: Stack, since: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    for (const { eventTime, workflowTaskFailedEventAttributes: failed } of events ?? []) {
      if (!failed || Number(eventTime?.seconds) * 1_000 < since) continue
      const message = failed.failure?.message?.split('\n')[0]?.slice(0, 100) ?? 'unknown'
      // A signal arrived while the run ended: Temporal repeats the task.
      if (message !== 'UnhandledCommand') counts[`${type}: ${message}`] = (counts[`${type}: ${message}`] ?? 0) + 1
    }
  }
  return counts
}
