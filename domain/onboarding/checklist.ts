import type { StepName, StepState } from '../lifecycle.ts'
import { toMajorText } from '../payment/money.ts'
import type { PersonReason } from './person-reasons.ts'
import type { Progress } from './progress.ts'

const titles: Record<StepName, string> = {
  record: 'Record created',
  payment_method: 'Payment method submitted',
  initial_charge: 'Initial charge',
  activation: 'Billing customer active',
  enrollment: 'Enrolled',
}
const boxes: Record<StepState, string> = { done: '[x]', waiting: '[ ]', running: '[ ]', skipped: '[x]', failed: '[ ]' }

/**
 * Returns the progress as a Markdown checklist, for the details of a run in Temporal UI: codes and numbers only.
 * `reason`: why an operator is needed.
 */
export function checklist(progress: Progress, reason?: PersonReason): string {
  const lines = progress.steps.map(({ name, state, attempts }) => {
    const tries =
      name === 'payment_method' && attempts > 0 ? `, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}` : ''
    return `- ${boxes[state]} ${titles[name]}: **${state}**${tries}`
  })
  const charge =
    progress.amount > 0 ? `${toMajorText(progress.amount, progress.currency)} ${progress.currency}` : 'nothing'
  const why = progress.blockedOn === 'operator' && reason ? ` (\`${reason}\`)` : ''
  const blocked = progress.blockedOn ? `\n\nWaiting for: **${progress.blockedOn}**${why}` : ''
  return `Status: **${progress.status}**, ${progress.gateway}, charges ${charge}\n\n${lines.join('\n')}${blocked}`
}
