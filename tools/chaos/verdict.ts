import type { CountedDeliveries } from './receivers.ts'
import type { Afterwards, End } from './styles.ts'

// Compares the counts of PostgreSQL, the gateways and Temporal with what is expected. Pure; a unit test covers each
// possible problem.

export interface CountedOnboarding {
  live: boolean
  blockedOn: string | null
  result: string | null
}

/** A billing customer in PostgreSQL. */
export interface CountedRecord {
  id: string
  contact: string
  status: string
  /** Id of its workflow. */
  workflowId: string
  onboardings: CountedOnboarding[]
  replacements: CountedOnboarding[]
  /** Number of charges that succeeded and were not refunded. */
  charges: number
  /** States of charges other than `succeeded` and `canceled`. */
  otherCharges: string[]
  enrollments: number
  /** The payment method for future charges. */
  paymentMethodId: string | null
  /** Our ids of the accounts of its method and its charges. */
  accountIds: string[]
  needsPerson: string[]
}

/** A charge in a gateway's ledger. */
export interface CountedCharge {
  id: string
  amount: number
  refunded: number
  billingCustomerId: string | undefined
  /** The gateway's id of the account that has it. */
  account: string
}

export interface CountedRun {
  workflowId: string
  type: string
  status: string
}

export interface Counted {
  records: CountedRecord[]
  ledger: CountedCharge[]
  /** Payment methods that a gateway has saved with a customer. */
  methods: string[]
  runs: CountedRun[]
  /** Calls that the gateway would reject as malformed, or that named an object of another account. */
  invalidCalls: string[]
  deliveries: CountedDeliveries
}

export interface Verdict {
  /** Number of onboardings by result. */
  ended: Record<End, number>
  /** Number of replaced payment methods. */
  replaced: number
  /** Number of closed records, and of charges of which a part was refunded. */
  closed: number
  partlyRefunded: number
  /** Number of active records. */
  records: number
  /** Number of charges at the gateways that were not refunded, and of those that were. */
  charges: number
  returned: number
  enrollments: number
  /** Events that receivers accepted, each once per receiver, and how many arrived again. */
  delivered: number
  duplicates: number
  /** Ids of customers that were charged more than once. */
  double: string[]
  /** Ids of customers without a record, or whose record did not end in a permitted way. */
  lost: string[]
  /** Ids of records that were canceled, expired or failed, but are still charged, active or enrolled. */
  unreturned: string[]
  /** Ids of active records whose payment method is missing at its gateway. */
  methodGone: string[]
  stuck: string[]
  waitingForPerson: string[]
  /** Events that a receiver did not accept, and those that came out of order to one that accepts everything. */
  undelivered: string[]
  misordered: string[]
  /** All other problems. */
  wrong: string[]
  right: boolean
}

export interface Expected {
  contact: string
  /** The permitted results. */
  ends: End[]
  /** The payment method that replaces the first one, if any. */
  replacement?: object
  /** What the caller does with the active customer, if anything. */
  afterwards?: Afterwards
  /** The accounts at which the customer may be charged: our ids, and the vendor's. */
  accounts: { ours: string; vendor: string }[]
}

/** Returns what must have been refunded of a completed onboarding's charge of `amount`, in minor units. */
export function refundedOf({ afterwards }: { afterwards?: Afterwards | undefined }, amount: number): number {
  if (!afterwards) return 0
  const { refunds, close } = afterwards
  if (refunds.includes('rest') || close?.refundInitial) return amount
  return refunds.reduce<number>((sum, part) => sum + (part as number), 0)
}

/** The initial charge of every onboarding, in minor units. */
const initialAmount = 1500
const duplicates = (list: string[]) => [...new Set(list.filter((each, i) => list.indexOf(each) !== i))]
const endOf = ({ onboardings }: CountedRecord) => onboardings.at(-1)?.result ?? null
const isLive = ({ onboardings, replacements }: CountedRecord) =>
  [...onboardings, ...replacements].some(({ live }) => live)
const isUndone = (record: CountedRecord) => ['canceled', 'expired', 'failed'].includes(endOf(record) ?? '')
const replacedOf = ({ replacements }: CountedRecord) =>
  replacements.filter(({ result }) => result === 'completed').length

/**
 * Compares counts with expectations: one record per contact with a permitted result. Completed: active, one charge, one
 * enrollment and the planned replacement. Canceled, expired or failed: pending, no unrefunded charge, no enrollment.
 */
export function judge(
  expected: Expected[],
  { records, ledger, methods, runs, invalidCalls, deliveries }: Counted,
): Verdict {
  const kept = ledger.filter(({ amount, refunded }) => refunded < amount)
  const charged = kept.map(({ billingCustomerId, id }) => billingCustomerId ?? id)
  const ended = (end: End) => records.filter((record) => endOf(record) === end).length
  const counts = {
    ended: {
      completed: ended('completed'),
      canceled: ended('canceled'),
      expired: ended('expired'),
      failed: ended('failed'),
    },
    replaced: records.reduce((sum, record) => sum + replacedOf(record), 0),
    closed: records.filter(({ status }) => status === 'closed').length,
    partlyRefunded: kept.filter(({ refunded }) => refunded > 0).length,
    records: records.filter(({ status }) => status === 'active').length,
    charges: kept.length,
    returned: ledger.length - kept.length,
    enrollments: records.reduce((sum, { enrollments }) => sum + enrollments, 0),
    delivered: deliveries.delivered,
    duplicates: deliveries.duplicates,
  }
  const running = runs.filter(({ status }) => status === 'RUNNING').map(({ workflowId }) => workflowId)
  const problems = {
    double: [...duplicates(charged), ...records.filter(({ charges }) => charges > 1).map(({ id }) => id)],
    lost: lost(expected, records, new Set(charged)),
    unreturned: unreturned(records, new Set(charged)),
    methodGone: methodGone(records, new Set(methods)),
    stuck: [...records.filter(isLive).map(({ id }) => id), ...running],
    waitingForPerson: records.flatMap(operatorsNeeded),
    undelivered: deliveries.undelivered,
    misordered: deliveries.misordered,
    wrong: [
      ...otherProblems(expected, records, charged),
      ...refundProblems(expected, records, ledger),
      ...accountProblems(expected, records, ledger),
      ...oddRuns(records, runs),
      ...invalidCalls,
    ],
  }
  const { ended: ends, records: active, charges, enrollments, closed } = counts
  const allEnded = Object.values(ends).reduce((sum, count) => sum + count) === expected.length
  const returned = expected.filter((each) => refundedOf(each, initialAmount) === initialAmount).length
  const alike =
    [active, enrollments].every((count) => count === ends.completed - closed) && charges === ends.completed - returned
  const nothingWrong = Object.values(problems).every((list) => list.length === 0)
  return { ...counts, ...problems, right: nothingWrong && allEnded && alike }
}

/**
 * Returns contacts without a record, and records that ended in another way than permitted or completed without being
 * active, enrolled, and charged both in PostgreSQL and at the gateway.
 */
function lost(expected: Expected[], records: CountedRecord[], charged: Set<string>): string[] {
  const byContact = new Map(records.map((record) => [record.contact, record]))
  return expected.flatMap(({ contact, ends, replacement, afterwards }) => {
    const record = byContact.get(contact)
    if (!record) return [contact]
    if (isLive(record)) return []
    if (!(ends as unknown[]).includes(endOf(record))) return [record.id]
    const isReturned = refundedOf({ afterwards }, initialAmount) === initialAmount
    const isPaid = isReturned || (record.charges > 0 && charged.has(record.id))
    const isThere = afterwards?.close
      ? record.status === 'closed' && record.enrollments === 0 && record.paymentMethodId === null
      : record.status === 'active' && record.enrollments > 0
    const whole = isPaid && isThere
    if (!isUndone(record) && replacedOf(record) !== (replacement ? 1 : 0)) return [record.id]
    return isUndone(record) || whole ? [] : [record.id]
  })
}

/** Returns records that were canceled, expired or failed, but are still charged, active or enrolled. */
function unreturned(records: CountedRecord[], charged: Set<string>): string[] {
  return records
    .filter(isUndone)
    .filter((r) => charged.has(r.id) || r.charges > 0 || r.status !== 'pending' || r.enrollments > 0)
    .map(({ id }) => id)
}

/** Returns active records without a saved method: undoing one customer must not remove another's method. */
const methodGone = (records: CountedRecord[], methods: Set<string>) =>
  records
    .filter(({ status, paymentMethodId }) => status === 'active' && !(paymentMethodId && methods.has(paymentMethodId)))
    .map(({ id }) => id)

/** Returns completed records of which another amount was refunded than the caller requested. */
function refundProblems(expected: Expected[], records: CountedRecord[], ledger: CountedCharge[]): string[] {
  return expected.flatMap((each) => {
    const record = records.find(({ contact }) => contact === each.contact)
    if (!record || endOf(record) !== 'completed') return []
    const own = ledger.filter(({ billingCustomerId }) => billingCustomerId === record.id)
    const refunded = own.reduce((sum, charge) => sum + charge.refunded, 0)
    const due = refundedOf(each, initialAmount)
    return refunded === due ? [] : [`${record.id} was refunded ${refunded} instead of ${due}`]
  })
}

/** Returns records of which something is at an account of another organization, here or at a gateway. */
function accountProblems(expected: Expected[], records: CountedRecord[], ledger: CountedCharge[]): string[] {
  return expected.flatMap(({ contact, accounts }) => {
    const [ours, vendors] = [accounts.map((each) => each.ours), accounts.map((each) => each.vendor)]
    const record = records.find((each) => each.contact === contact)
    if (!record) return []
    const charges = ledger.filter(({ billingCustomerId }) => billingCustomerId === record.id)
    return [
      ...record.accountIds.filter((id) => !ours.includes(id)).map((id) => `${record.id} has something at ${id}`),
      ...charges.filter(({ account }) => !vendors.includes(account)).map((c) => `${c.id} was charged at ${c.account}`),
    ]
  })
}

function operatorsNeeded({ id, onboardings, replacements, needsPerson }: CountedRecord): string[] {
  const blocked = [...onboardings, ...replacements].some(({ live, blockedOn }) => live && blockedOn === 'operator')
  return [...needsPerson, ...(blocked ? ['blocked_on operator'] : [])].map((reason) => `${id} (${reason})`)
}

function otherProblems(expected: Expected[], records: CountedRecord[], charged: string[]): string[] {
  const ids = new Set(records.map(({ id }) => id))
  const known = new Set(expected.map(({ contact }) => contact))
  const returned = new Set(
    expected.filter((each) => refundedOf(each, initialAmount) === initialAmount).map(({ contact }) => contact),
  )
  const isFine = (record: CountedRecord, state: string) =>
    (isUndone(record) || returned.has(record.contact)) && state === 'refunded'
  return [
    ...duplicates(records.map(({ contact }) => contact)).map((contact) => `${contact} has more than one record`),
    ...records.filter(({ contact }) => !known.has(contact)).map(({ id }) => `${id} is a record of an unknown contact`),
    ...charged.filter((id) => !ids.has(id)).map((id) => `${id} was charged and has no record`),
    ...records.flatMap((record) =>
      record.otherCharges
        .filter((state) => !isFine(record, state))
        .map((state) => `${record.id} has a charge that is ${state}`),
    ),
    ...records.filter(({ enrollments }) => enrollments > 1).map(({ id }) => `${id} is enrolled more than once`),
    ...records
      .filter(({ onboardings }) => onboardings.length > 1)
      .map(({ id }) => `${id} has more than one onboarding`),
  ]
}

/**
 * Returns records without a run that ended as they did, and runs that were terminated, timed out or failed otherwise.
 */
function oddRuns(records: CountedRecord[], runs: CountedRun[]): string[] {
  const undone = new Set(records.filter(isUndone).map(({ workflowId }) => workflowId))
  const ended = new Set(runs.map(({ workflowId, status }) => `${workflowId} ${status}`))
  const fine = ['RUNNING', 'COMPLETED', 'CONTINUED_AS_NEW']
  const isOdd = ({ workflowId, status }: CountedRun) =>
    !fine.includes(status) && !(status === 'FAILED' && undone.has(workflowId))
  return [
    ...runs.filter(isOdd).map(({ workflowId, status }) => `${workflowId} is ${status}`),
    ...records
      .filter((record) => !ended.has(`${record.workflowId} ${isUndone(record) ? 'FAILED' : 'COMPLETED'}`))
      .map((record) => `${record.id} has no ${isUndone(record) ? 'failed' : 'completed'} run`),
  ]
}
