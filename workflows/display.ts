import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import { checklist, type ShownWait } from '../domain/onboarding/shown/checklist.ts'
import { currentStep, type Progress } from '../domain/onboarding/progress.ts'
import type { RunInput, RunState } from '../domain/onboarding/run.ts'
import { linksText } from '../domain/onboarding/shown/links.ts'
import type { LinkBases, RunNotes } from '../domain/onboarding/run-notes.ts'
import type { RunWait } from '../domain/onboarding/waits.ts'
import { onboardingTexts, searchAttributes, type RunTexts } from './messages.ts'

/**
 * Shows `details` of this run in Temporal UI. Temporal drops the static summary and details of a run when it continues
 * as new, so they are shown here from then on.
 */
export function showDetails({ staticSummary, staticDetails }: RunTexts, details: string): void {
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined
  const texts = isContinued ? [`**${staticSummary}**`, ...(staticDetails ? [staticDetails] : [])] : []
  setCurrentDetails([...texts, details].join('\n\n'))
}

/**
 * Shows the state of the run to operators: a checklist in its details, which is free, and search attributes, which cost
 * a database write. Search attributes are written together, and only if one changed.
 */
export function createDisplay(run: RunInput) {
  let columns = { step: 'payment_method', blockedOn: 'customer', gateway: run.gateway as string }
  return {
    details: detailsOf(run),
    columns(progress: Progress) {
      const now = { step: currentStep(progress), blockedOn: progress.blockedOn ?? '', gateway: progress.gateway }
      if (now.step === columns.step && now.blockedOn === columns.blockedOn && now.gateway === columns.gateway) return
      columns = now
      upsertSearchAttributes([
        { key: searchAttributes.step, value: now.step },
        { key: searchAttributes.blockedOn, value: now.blockedOn || null },
        { key: searchAttributes.gateway, value: now.gateway },
      ])
    },
  }
}

type ShownState = Pick<RunState, 'progress' | 'next' | 'wait' | 'notes' | 'links'>

/** Returns a function that shows a state, and the wait that begins now, if one does. */
function detailsOf(run: RunInput) {
  const texts = onboardingTexts(run)
  let notes: RunNotes = {}
  let links: LinkBases | undefined
  let shown: ShownWait & { on: string | null } = { on: null, since: new Date() }
  return (state: ShownState, wait: RunWait | null = null): void => {
    const now = new Date()
    notes = state.notes ?? notes
    links = state.links ?? links
    const { progress } = state
    const on = progress.blockedOn
    const reason = wait ? (wait.on === 'operator' ? wait.reason : undefined) : shown.reason
    const sleeps = wait !== null || state.next === 'wait_for_customer'
    const since = on === shown.on && reason === shown.reason ? shown.since : now
    shown = { on, reason, since, until: sleeps ? new Date(now.getTime() + state.wait) : undefined }
    const { billingCustomerId, environment } = run
    const ids = { billingCustomerId, environment, blockedOn: on }
    showDetails(texts, `${checklist(progress, notes, shown, now)}\n\n${linksText(ids, notes, links)}`)
  }
}
