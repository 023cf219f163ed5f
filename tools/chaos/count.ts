import type { Client } from '@temporalio/client'
import { workflowIdOf } from '../../domain/onboarding/run.ts'
import type { Database } from '../../store/database/database.ts'
import type { Caller } from './acts/calls.ts'
import { countDeliveries, type Receivers } from './receivers.ts'
import type { Counted, CountedCharge, CountedRecord, CountedRun } from './verdict.ts'

export interface Places {
  database: Database
  client: Client
  stripeUrl: string
  paypalUrl: string
  caller: Caller
  receivers: Receivers
}

/** Counts records in PostgreSQL, charges and methods at the gateways, and runs in Temporal. */
export async function countAll({
  database,
  client,
  stripeUrl,
  paypalUrl,
  caller,
  receivers,
}: Places): Promise<Counted> {
  const [records, stripe, paypal, runs, invalidCalls, deliveries] = await Promise.all([
    countRecords(database),
    readLedger(caller, stripeUrl),
    readLedger(caller, paypalUrl),
    listRuns(client),
    listInvalidCalls(caller, stripeUrl, paypalUrl),
    countDeliveries(database, receivers),
  ])
  const ledgers = [stripe, paypal]
  return {
    records,
    ledger: ledgers.flatMap(({ charges }) => charges),
    methods: ledgers.flatMap(({ payment_methods }) =>
      payment_methods.filter(({ customer }) => customer).map(({ id }) => id),
    ),
    runs,
    invalidCalls,
    deliveries,
  }
}

type Row = Omit<CountedRecord, 'workflowId'> & Parameters<typeof workflowIdOf>[0]

async function countRecords(database: Database): Promise<CountedRecord[]> {
  const rows = await database<Row[]>`
    select b.id, c.external_id as contact, b.status, b.payment_method_id, b.environment,
      b.organization_id, b.customer_id,
      (select bool_or(o.has_short_workflow_id) from onboardings o where o.billing_customer_id = b.id)
        as has_short_workflow_id,
      (select coalesce(json_agg(json_build_object(
          'live', o.ended_at is null, 'blockedOn', o.blocked_on, 'result', o.result) order by o.n), '[]')
        from onboardings o where o.billing_customer_id = b.id and o.kind = 'onboarding') as onboardings,
      (select coalesce(json_agg(json_build_object(
          'live', o.ended_at is null, 'blockedOn', o.blocked_on, 'result', o.result) order by o.n), '[]')
        from onboardings o where o.billing_customer_id = b.id and o.kind = 'replacement') as replacements,
      (select count(*)::integer from charges h where h.billing_customer_id = b.id and h.state = 'succeeded') as charges,
      (select coalesce(json_agg(h.state), '[]') from charges h
        where h.billing_customer_id = b.id and h.state not in ('succeeded', 'canceled')) as other_charges,
      (select coalesce(json_agg(distinct a.account_id), '[]') from (
          select account_id from charges h where h.billing_customer_id = b.id
          union all select b.account_id
        ) a where a.account_id is not null) as account_ids,
      (select count(*)::integer from enrollments e
        where e.billing_customer_id = b.id and e.status = 'active') as enrollments,
      (select coalesce(json_agg(v.data ->> 'reason'), '[]') from events v
        where v.billing_customer_id = b.id and v.type = 'onboarding.needs_person') as needs_person
    from billing_customers b join customers c on c.id = b.customer_id`
  return rows.map(({ environment, organizationId, customerId, hasShortWorkflowId, ...row }) => {
    const workflowId = workflowIdOf({ environment, organizationId, customerId, hasShortWorkflowId })
    return { ...row, workflowId }
  })
}

/** Returns the number of payment attempts by state. */
export async function countAttempts(database: Database): Promise<Record<string, number>> {
  const rows = await database<{ state: string; count: number }[]>`
    select state, count(*)::integer as count from payment_attempts group by state order by count desc`
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

interface Ledger {
  charges: { id: string; amount: number; refunded_amount: number; metadata: Record<string, string> }[]
  payment_methods: { id: string; customer: string | null }[]
}

interface Counts {
  accounts: { id: string }[]
  cross_account: number
}
const readAccounts = async (caller: Caller, url: string) => (await caller.call(`${url}/_sim/accounts`)).body as Counts

/** Reads the ledger of each account at a vendor. */
async function readLedger(caller: Caller, url: string) {
  const { accounts } = await readAccounts(caller, url)
  const ledgers = await Promise.all(
    accounts.map(async ({ id: account }) => {
      const { body } = await caller.call(`${url}/_sim/ledger?account=${account}`)
      return { ...(body as Ledger), account }
    }),
  )
  return {
    charges: ledgers.flatMap(({ charges, account }) => charges.map((charge) => countedCharge(charge, account))),
    payment_methods: ledgers.flatMap(({ payment_methods }) => payment_methods),
  }
}

const countedCharge = (
  { id, amount, refunded_amount, metadata }: Ledger['charges'][number],
  account: string,
): CountedCharge => ({
  id,
  amount,
  refunded: refunded_amount,
  billingCustomerId: metadata.billing_customer_id,
  account,
})

/** Lists calls that Stripe would reject as malformed, and that named an object of another account than the caller's. */
async function listInvalidCalls(caller: Caller, stripeUrl: string, paypalUrl: string): Promise<string[]> {
  const counts = await Promise.all([stripeUrl, paypalUrl].map((url) => readAccounts(caller, url)))
  const crossed = counts.reduce((sum, { cross_account }) => sum + cross_account, 0)
  const { body } = await caller.call(`${stripeUrl}/_sim/requests`)
  const { requests } = body as { requests: { method: string; path: string; valid: boolean; violations: string[] }[] }
  const malformed = requests
    .filter(({ valid }) => !valid)
    .map(({ method, path, violations }) => `${method} ${path}: ${violations.join(', ')}`)
  return crossed > 0 ? [...malformed, `${crossed} calls named an object of another account`] : malformed
}

/** Lists runs of all types, as a run of an unexpected type is a problem too. */
async function listRuns(client: Client): Promise<CountedRun[]> {
  const runs: CountedRun[] = []
  for await (const { workflowId, type, status } of client.workflow.list())
    runs.push({ workflowId, type, status: status.name })
  return runs
}
