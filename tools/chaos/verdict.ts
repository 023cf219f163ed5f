import type { End } from './styles.ts'

// What was counted in the three places, and what is wrong with it. Pure: each way to be wrong is tried in a unit test.

export interface CountedOnboarding {
  live: boolean
  blockedOn: string | null
  result: string | null
}

/** PostgreSQL: one for each billing customer. */
export interface CountedRecord {
  id: string
  contact: string
  status: string
  /** Of the run that drives it. */
  workflowId: string
  onboardings: CountedOnboarding[]
  replacements: CountedOnboarding[]
  /** Succeeded and still ours. */
  charges: number
  /** Charges in any other state than succeeded, or canceled before they were anything. */
  otherCharges: string[]
  enrollments: number
  /** What an active one is charged with in future. */
  paymentMethodId: string | null
  needsPerson: string[]
}

/** The gateway's ledger. */
export interface CountedCharge {
  id: string
  amount: number
  refunded: number
  billingCustomerId: string | undefined
}

export interface CountedRun {
  workflowId: string
  type: string
  status: string
}

export interface Counted {
  records: CountedRecord[]
  ledger: CountedCharge[]
  /** Saved payment methods that the gateways keep for a customer. */
  methods: string[]
  runs: CountedRun[]
  /** Calls that the gateway would refuse as malformed. */
  invalidCalls: string[]
}

export interface Verdict {
  /** How many onboardings ended how. */
  ended: Record<End, number>
  /** Payment methods that took the place of another. */
  replaced: number
  /** Active records. */
  records: number
  /** Charges at the gateways that were not returned, and such as were. */
  charges: number
  returned: number
  enrollments: number
  /** Ids: of those charged more than once, of those not brought to an end that they may have, … */
  double: string[]
  lost: string[]
  /** Of those that were canceled, expired or failed and have not had their money back. */
  unreturned: string[]
  /** Of those active without a payment method that is still at its gateway. */
  methodGone: string[]
  stuck: string[]
  waitingForPerson: string[]
  /** Whatever else is not as it must be. */
  wrong: string[]
  right: boolean
}

export interface Expected {
  contact: string
  /** How it may end. */
  ends: End[]
  /** What is entered in place of what was paid with, if anything is. */
  replacement?: object
}

const duplicates = (list: string[]) => [...new Set(list.filter((each, i) => list.indexOf(each) !== i))]
const endOf = ({ onboardings }: CountedRecord) => onboardings.at(-1)?.result ?? null
const isLive = ({ onboardings, replacements }: CountedRecord) =>
  [...onboardings, ...replacements].some(({ live }) => live)
const isUndone = (record: CountedRecord) => ['canceled', 'expired', 'failed'].includes(endOf(record) ?? '')
const replacedOf = ({ replacements }: CountedRecord) =>
  replacements.filter(({ result }) => result === 'completed').length

/**
 * Compares what was counted with what must be. For every contact one record, ended in a way that it may; completed: active,
 * one charge, one enrollment, and one replacement where one was to be; canceled, expired or failed: pending, no charge that was not returned, no enrollment.
 */
export function judge(expected: Expected[], { records, ledger, methods, runs, invalidCalls }: Counted): Verdict {
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
    records: records.filter(({ status }) => status === 'active').length,
    charges: kept.length,
    returned: ledger.length - kept.length,
    enrollments: records.reduce((sum, { enrollments }) => sum + enrollments, 0),
  }
  const running = runs.filter(({ status }) => status === 'RUNNING').map(({ workflowId }) => workflowId)
  const problems = {
    double: [...duplicates(charged), ...records.filter(({ charges }) => charges > 1).map(({ id }) => id)],
    lost: lost(expected, records, new Set(charged)),
    unreturned: unreturned(records, new Set(charged)),
    methodGone: methodGone(records, new Set(methods)),
    stuck: [...records.filter(isLive).map(({ id }) => id), ...running],
    waitingForPerson: records.flatMap(personsWanted),
    wrong: [...strangers(expected, records, charged), ...oddRuns(records, runs), ...invalidCalls],
  }
  const { ended: ends, records: active, charges, enrollments } = counts
  const allEnded = Object.values(ends).reduce((sum, count) => sum + count) === expected.length
  const alike = [active, charges, enrollments].every((count) => count === ends.completed)
  const nothingWrong = Object.values(problems).every((list) => list.length === 0)
  return { ...counts, ...problems, right: nothingWrong && allEnded && alike }
}

/** Who has no record, or one that ended as it may not, or completed without being active, charged (here and there) and enrolled. */
function lost(expected: Expected[], records: CountedRecord[], charged: Set<string>): string[] {
  const byContact = new Map(records.map((record) => [record.contact, record]))
  return expected.flatMap(({ contact, ends, replacement }) => {
    const record = byContact.get(contact)
    if (!record) return [contact]
    if (isLive(record)) return []
    if (!(ends as unknown[]).includes(endOf(record))) return [record.id]
    const whole = record.status === 'active' && record.charges > 0 && record.enrollments > 0 && charged.has(record.id)
    if (!isUndone(record) && replacedOf(record) !== (replacement ? 1 : 0)) return [record.id]
    return isUndone(record) || whole ? [] : [record.id]
  })
}

/** Who was canceled, expired or failed and is charged, active or enrolled all the same. */
function unreturned(records: CountedRecord[], charged: Set<string>): string[] {
  return records
    .filter(isUndone)
    .filter((r) => charged.has(r.id) || r.charges > 0 || r.status !== 'pending' || r.enrollments > 0)
    .map(({ id }) => id)
}

/** Nobody's undoing takes the method away that an active customer is charged with. */
const methodGone = (records: CountedRecord[], methods: Set<string>) =>
  records
    .filter(({ status, paymentMethodId }) => status === 'active' && !(paymentMethodId && methods.has(paymentMethodId)))
    .map(({ id }) => id)

function personsWanted({ id, onboardings, replacements, needsPerson }: CountedRecord): string[] {
  const blocked = [...onboardings, ...replacements].some(({ live, blockedOn }) => live && blockedOn === 'operator')
  return [...needsPerson, ...(blocked ? ['blocked_on operator'] : [])].map((reason) => `${id} (${reason})`)
}

function strangers(expected: Expected[], records: CountedRecord[], charged: string[]): string[] {
  const ids = new Set(records.map(({ id }) => id))
  const known = new Set(expected.map(({ contact }) => contact))
  const isFine = (record: CountedRecord, state: string) => isUndone(record) && state === 'refunded'
  return [
    ...duplicates(records.map(({ contact }) => contact)).map((contact) => `${contact} has more than one record`),
    ...records.filter(({ contact }) => !known.has(contact)).map(({ id }) => `${id} is nobody's record`),
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

/** Each record's work was done by a run that ended as the record did; none was terminated or timed out, or failed otherwise. */
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
