import { toMajorText } from '../../payment/money.ts'
import { timeText } from '../../text/times.ts'
import { whatToDo } from '../person-reasons.ts'
import type { RunState } from '../run.ts'
import type { RunNotes } from '../run-notes.ts'
import type { GatewayCause, RunWait } from '../waits.ts'

// What the timeline of Temporal UI says about waits and steps: codes, numbers and times only.

const causes: Record<GatewayCause, string> = {
  gateway: 'the gateway does not answer',
  database: 'the database does not answer',
  earlier_charge: 'an earlier charge is not settled',
}

const declinedText = ({ declined }: RunNotes) => (declined ? [`${declined.count} declined (${declined.code})`] : [])
const closingText = ({ closing }: RunNotes) => (closing ? [`closing (${closing})`] : [])

/** Returns the summary of the wait for a customer that ends after `state.wait` milliseconds. */
export function customerWaitSummary({ wait, notes = {} }: Pick<RunState, 'wait' | 'notes'>, now: Date): string {
  const end = dateText(new Date(now.getTime() + wait), now)
  const next = notes.then === 'reminder' ? [`reminder ${end}`] : notes.then === 'expiry' ? [`expires ${end}`] : []
  return joined('wait for the customer', [...declinedText(notes), ...next])
}

/** Returns the summary of a wait before the next attempt, which begins after `milliseconds`. */
export function waitSummary(wait: RunWait, milliseconds: number, now: Date, notes: RunNotes = {}): string {
  const time = timeText(new Date(now.getTime() + milliseconds), now)
  const next = `${nextOf(wait)} ${time}`
  return joined(`wait for the ${wait.on}`, [...whyOf(wait, notes), ...closingText(notes), next])
}

const nextOf = ({ before }: RunWait) => (before === 'reading' ? 'next look' : 'next try')

function whyOf(wait: RunWait, notes: RunNotes): string[] {
  if (wait.on === 'operator') return [wait.reason]
  if (wait.on === 'customer') return [...declinedText(notes), 'confirmation by the bank']
  if (wait.before === 'reading') return notes.closing ? [] : ['no outcome yet']
  return wait.cause ? [causes[wait.cause]] : []
}

/** Returns the details of the run of a charge, in Markdown. */
export function chargeWaitText(chargeId: string, wait: RunWait, milliseconds: number, now: Date): string {
  const reason = wait.on === 'operator' ? wait.reason : undefined
  const next = `${nextOf(wait)} ${timeText(new Date(now.getTime() + milliseconds), now)}`
  const why = reason ? ` (\`${reason}\`)` : ''
  const text = `Charge \`${chargeId}\`: waiting for the **${wait.on}**${why}, ${next}`
  return [text, ...(reason ? [`What to do: ${whatToDo(reason)}`] : [])].join('\n\n')
}

/** Returns the summary of the step that takes the payment of this attempt (1-based). */
export const paySummary = (attempt: number): string =>
  attempt > 1 ? `take the payment: attempt ${attempt}` : 'take the payment'

/** Returns the summary of the step that closes the payment, with what it refunds. */
export function closeSummary({ closing, paid }: RunNotes = {}): string {
  const refund = paid ? [`refund ${toMajorText(paid.amount, paid.currency)} ${paid.currency}`] : []
  return joined('close the payment, undo its effects', [...(closing ? [closing] : []), ...refund])
}

const joined = (what: string, details: string[]) => (details.length > 0 ? `${what}: ${details.join(', ')}` : what)

/** A day is enough for what is far away. */
function dateText(time: Date, now: Date): string {
  const text = timeText(time, now)
  const [date, hour] = text.split(', ')
  return hour === undefined ? text : `on ${date}`
}
