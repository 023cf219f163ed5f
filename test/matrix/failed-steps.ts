import type { WorkflowHandle } from '@temporalio/client'
import { workflowIdOf } from '../../domain/onboarding/run.ts'
import { findRun } from '../../store/onboardings/wake.ts'
import type { World } from '../support/world/world.ts'

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number]
type Failure = NonNullable<NonNullable<HistoryEvent['activityTaskFailedEventAttributes']>['failure']>

/**
 * Returns the steps that failed in the run of an onboarding, in order, such as `takePayment: GatewayRefused`. Of a step
 * that Temporal repeated, the history has the failure before the last attempt: `takePayment, attempt 2 after
 * GatewayAway`.
 */
export async function failedStepsOf({ sql, client }: World, onboardingId: string): Promise<string[]> {
  const run = await findRun(sql, onboardingId)
  const { events } = await client.workflow.getHandle(workflowIdOf(run!)).fetchHistory()
  return failuresIn(events ?? [])
}

function failuresIn(events: HistoryEvent[]): string[] {
  const steps = new Map<string, string>()
  return events.flatMap((event) => {
    const { activityTaskScheduledEventAttributes: scheduled, activityTaskStartedEventAttributes: started } = event
    if (scheduled) steps.set(String(event.eventId), scheduled.activityType?.name ?? '')
    const nameOf = (id: unknown) => steps.get(String(id)) ?? ''
    if (started?.lastFailure)
      return [`${nameOf(started.scheduledEventId)}, attempt ${started.attempt} after ${typeOf(started.lastFailure)}`]
    const ended = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes
    return ended?.failure ? [`${nameOf(ended.scheduledEventId)}: ${typeOf(ended.failure)}`] : []
  })
}

const typeOf = ({ applicationFailureInfo, message }: Failure) => applicationFailureInfo?.type || message || 'a failure'
