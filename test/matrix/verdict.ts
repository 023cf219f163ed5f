import { journeys } from './journeys.ts'
import type { Cell } from './calls.ts'

/** The state of a cell's onboarding after everything has settled. */
export interface Found {
  /** The onboarding's result. Null if it has not ended. */
  result: string | null
  blockedOn: string | null
  customerStatus: string
  /** Charges in the gateways' ledgers, in minor units. */
  charges: { amount: number; refunded: number }[]
  /** States of our charges. */
  recorded: string[]
  enrollments: number
  /** The reasons for which an operator is needed. */
  persons: string[]
  submissions: number
  /** Number of the customer's payment methods that the gateway still has. */
  methods: number
  /** Number of charges and recorded objects at another account than that of the customer's organization. */
  elsewhere: number
  /** Number of other customers with the same payer who lost their payment method. */
  othersGone: number
  /** Number of calls hit by the fault. */
  hits: number
  /** Errors of the actions of customer and caller. */
  trouble: string | null
}

/** `again`: the customer was asked again. `person`: an operator is needed. `wrong`: contradicts docs/money.md. */
export type End = 'right' | 'again' | 'person' | 'wrong'
export interface Problem {
  kind: 'double' | 'lost' | 'stuck' | 'waits' | 'other'
  text: string
}
export interface Verdict {
  end: End
  problems: Problem[]
}

const initialAmount = 1500
const problem = (text: string, kind: Problem['kind'] = 'other'): Problem => ({ kind, text })

/**
 * Returns whether an operator is needed: a rejected key must be fixed by an operator. A rejected PayPal access token is
 * replaced once, because tokens expire.
 */
export const callsPerson = ({ flow, call, kind, times }: Cell) =>
  kind.fault === 'unauthorized' && !call.callsNobody && (flow.gateway === 'stripe' || times > 1)

/** Returns whether the customer must submit again, because the submission expired while the gateway did not respond. */
export const asksAgain = ({ call, kind }: Cell) => kind.forgetsKey === true && call.outlivesSubmission === true

/** Compares the state with the expectation. Pure. */
export function judge(cell: Cell, found: Found): Verdict {
  const problems = [...money(cell, found), ...ending(cell, found), ...people(cell, found)]
  if (found.hits === 0) problems.push(problem('the fault hit nothing'))
  if (found.trouble) problems.push(problem(found.trouble))
  if (problems.length > 0) return { end: 'wrong', problems }
  if (callsPerson(cell)) return { end: 'person', problems }
  return { end: asksAgain(cell) ? 'again' : 'right', problems }
}

function* money({ call }: Cell, { charges, recorded, methods, elsewhere, othersGone }: Found): Iterable<Problem> {
  const { charges: isCharged, end, refunds = 0, closes } = journeys[call.journey]
  const kept = charges.filter(({ amount, refunded }) => refunded < amount)
  const due = isCharged && end === 'completed' && refunds < initialAmount ? 1 : 0
  if (kept.length > due) yield problem(`${kept.length} charges stand, ${due} should`, 'double')
  if (kept.length < due) yield problem('no charge stands', 'lost')
  if (charges.length > 1) yield problem(`${charges.length} charges were made`, 'double')
  if (charges.some(({ amount }) => amount !== initialAmount)) yield problem('another amount than was asked for')
  const isPart = ({ amount, refunded }: Found['charges'][number]) => refunded > 0 && refunded !== amount
  if (refunds === 0 && charges.some(isPart)) yield problem('returned in part')
  if (refunds > 0 && charges.some(({ refunded }) => refunded !== refunds)) yield problem('another amount was returned')
  const open = recorded.filter((state) => !['succeeded', 'canceled', 'refunded'].includes(state))
  if (open.length > 0) yield problem(`charges are ${open.join(', ')}`)
  if (recorded.filter((state) => state === 'succeeded').length !== kept.length) yield problem('the record differs')
  if (elsewhere > 0) yield problem(`${elsewhere} charges or objects are at another account`)
  if (othersGone > 0) yield problem(`${othersGone} others lost their payment method`)
  if ((end === 'canceled' || closes) && methods > 0) yield problem('a payment method was left behind')
}

function* ending({ call }: Cell, found: Found): Iterable<Problem> {
  const { end, closes } = journeys[call.journey]
  const status = closes ? 'closed' : end === 'completed' ? 'active' : 'pending'
  if (found.result === null)
    yield found.blockedOn === 'operator' ? problem('waits for a person', 'waits') : problem('has no end', 'stuck')
  else if (found.result !== end) yield problem(`ended as ${found.result}`)
  else if (found.customerStatus !== status) yield problem(`is ${found.customerStatus}`)
  if (found.enrollments !== (status === 'active' ? 1 : 0)) yield problem(`${found.enrollments} enrollments`)
}

function* people(cell: Cell, { persons, submissions }: Found): Iterable<Problem> {
  const wanted = callsPerson(cell)
  if (!wanted && persons.length > 0) yield problem(`a person was called: ${persons.join(', ')}`)
  if (wanted && !persons.some((reason) => reason.startsWith('gateway_refused'))) yield problem('no person was called')
  const again = submissions > 1
  if (again !== asksAgain(cell)) yield problem(again ? `entered ${submissions} times` : 'was not asked again')
}
