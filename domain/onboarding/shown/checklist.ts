import type { StepName, StepState } from '../../lifecycle.ts'
import { toMajorText } from '../../payment/money.ts'
import { timeText } from '../../text/times.ts'
import { whatToDo, type PersonReason } from '../person-reasons.ts'
import { currentStep, type Progress, type StepProgress } from '../progress.ts'
import type { RunNotes } from '../run-notes.ts'

const titles: Record<StepName, string> = {
  record: 'Record created',
  payment_method: 'Payment method submitted',
  initial_charge: 'Initial charge',
  activation: 'Billing customer active',
  enrollment: 'Enrolled',
}
const later = '○'
const marks: Record<StepState, string> = { done: '✓', waiting: '→', running: '→', skipped: '–', failed: '✗' }

/** A wait of the run, for its details. */
export interface ShownWait {
  /** Why an operator is needed. */
  reason?: PersonReason | undefined
  since: Date
  /** When the run continues by itself; absent while a step is running. */
  until?: Date | undefined
}

/** Returns the progress as a Markdown checklist, for the details of a run in Temporal UI: codes and numbers only. */
export function checklist(progress: Progress, notes: RunNotes, wait: ShownWait, now: Date): string {
  const current = currentStep(progress)
  const lines = progress.steps.map((step) => {
    const isLater = (step.state === 'waiting' || step.state === 'running') && step.name !== current
    const mark = isLater ? later : marks[step.state]
    return `- ${mark} ${titles[step.name]}: **${step.state}**${triesOf(step, notes)}`
  })
  const charge =
    progress.amount > 0 ? `${toMajorText(progress.amount, progress.currency)} ${progress.currency}` : 'nothing'
  const closing = notes.closing && progress.status === 'pending' ? `, closing (\`${notes.closing}\`)` : ''
  const status = `Status: **${progress.status}**${closing}, ${progress.gateway}, charges ${charge}`
  return [status, lines.join('\n'), ...waitText(progress, notes, wait, now)].join('\n\n')
}

function triesOf({ name, attempts }: StepProgress, { declined }: RunNotes): string {
  if (name !== 'payment_method' || attempts === 0) return ''
  const why = declined ? `, ${declined.count} declined, last \`${declined.code}\`` : ''
  return `, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${why}`
}

function waitText({ blockedOn }: Progress, { then }: RunNotes, wait: ShownWait, now: Date): string[] {
  if (!blockedOn) return []
  const reason = blockedOn === 'operator' && wait.reason
  const since = `since ${timeText(wait.since, now)}`
  const end = blockedOn === 'customer' && then ? then : 'next try'
  const until = wait.until ? `, ${end} ${timeText(wait.until, now)}` : ''
  const text = `Waiting for: **${blockedOn}**${reason ? ` (\`${reason}\`)` : ''}, ${since}${until}`
  return [text, ...(reason ? [`What to do: ${whatToDo(reason)}`] : [])]
}
