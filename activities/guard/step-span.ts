import { addLogFields, logFields } from '../../runtime/log-context.ts'
import type { Database } from '../../store/database/database.ts'
import { traceOfCause } from '../../store/measures/traces.ts'
import { idAttributes } from '../../traces/ids.ts'
import { activeSpan, isTracing, spanned } from '../../traces/tracing.ts'
import { inActivity } from './own-run.ts'

/** Returns the type of a step's failure. */
export const failureType = (error: unknown): string => (error as { type?: string } | null)?.type ?? 'unknown'

/**
 * Runs a step in a span of its own while tracing is on. Its parent is the last call that caused work on the record: the
 * row of `store/measures/traces.ts` names it, not the history (docs/decisions/0063).
 */
export async function inStepSpan<T>(step: string, { database }: { database: Database }, work: () => Promise<T>) {
  if (!isTracing()) return work()
  const fields = logFields()
  const subject = fields.onboarding ?? fields.charge ?? fields.bulk
  const parent = subject ? await traceOfCause(database, subject).catch(() => undefined) : undefined
  const info = inActivity()?.info
  const attributes = {
    ...idAttributes(fields),
    'workflow.type': info?.workflowType,
    'workflow.run_id': info?.workflowExecution?.runId,
    'activity.type': step,
    'activity.attempt': info?.attempt,
  }
  return spanned({ name: `step ${step}`, kind: 'consumer', attributes, parent }, failureType, () => {
    const traceId = activeSpan()?.traceId
    if (traceId) addLogFields({ trace_id: traceId })
    return work()
  })
}
