import { isGrpcServiceError, type Client } from '@temporalio/client'

type HistoryEvent = NonNullable<
  NonNullable<Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>['history']>['events']
>[number]

/** A run as plain steps: names and times, never a payload. */
export interface RunHistory {
  workflowId: string
  runId: string
  steps: { at: Date; what: string }[]
  /** Whether there are more steps than are read. */
  isTruncated: boolean
}

const deadline = 5_000
const mostRuns = 20
/** Events of one run that are read: Temporal's largest page. */
const mostEvents = 1_000

/**
 * Reads the histories that Temporal still has of these workflow ids, oldest run first. Returns undefined if Temporal
 * does not respond.
 */
export async function readHistories(client: Client, workflowIds: string[]): Promise<RunHistory[] | undefined> {
  const { namespace } = client.options
  const query = `WorkflowId IN (${workflowIds.map((id) => JSON.stringify(id)).join(', ')})`
  return client
    .withDeadline(Date.now() + deadline, async () => {
      const { executions } = await client.workflowService.listWorkflowExecutions({
        namespace,
        query,
        pageSize: mostRuns,
      })
      const runs = (executions ?? []).map(({ execution }) => execution!).reverse()
      return Promise.all(runs.map((run) => readHistory(client, run.workflowId!, run.runId!)))
    })
    .then(
      (found) => found.filter((run) => run !== undefined),
      () => undefined,
    )
}

const notFound = 5

/** Returns undefined for a run that was deleted after it was listed. */
async function readHistory(client: Client, workflowId: string, runId: string): Promise<RunHistory | undefined> {
  const { namespace } = client.options
  try {
    const { history, nextPageToken } = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: mostEvents,
    })
    const events = history?.events ?? []
    const names = new Map(
      events.map((event) => [String(event.eventId), event.activityTaskScheduledEventAttributes?.activityType?.name]),
    )
    const steps = events.flatMap((event) => {
      const what = describe(event, names)
      return what ? [{ at: timeOf(event), what }] : []
    })
    return { workflowId, runId, steps, isTruncated: (nextPageToken?.length ?? 0) > 0 }
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === notFound) return undefined
    throw error
  }
}

const timeOf = ({ eventTime }: HistoryEvent): Date =>
  new Date(Number(eventTime?.seconds ?? 0) * 1_000 + Math.floor((eventTime?.nanos ?? 0) / 1_000_000))

/** Returns an event in words; undefined for Temporal's own bookkeeping. */
function describe(event: HistoryEvent, names: Map<string, string | null | undefined>): string | undefined {
  const step = (scheduled: unknown) => names.get(String(scheduled)) ?? 'step'
  const {
    workflowExecutionStartedEventAttributes: started,
    workflowExecutionSignaledEventAttributes: signaled,
    workflowExecutionUpdateAcceptedEventAttributes: updated,
    workflowExecutionFailedEventAttributes: failed,
    activityTaskScheduledEventAttributes: scheduled,
    activityTaskCompletedEventAttributes: done,
    activityTaskFailedEventAttributes: wrong,
    timerStartedEventAttributes: timer,
    markerRecordedEventAttributes: marker,
  } = event
  if (started) return 'run started'
  if (signaled) return `signal ${signaled.signalName}`
  if (updated) return `operator update ${updated.acceptedRequest?.input?.name ?? ''}`.trim()
  if (scheduled) return `${scheduled.activityType?.name} began`
  if (done) return `${step(done.scheduledEventId)} done`
  if (wrong) return `${step(wrong.scheduledEventId)} failed: ${typeOf(wrong.failure)}`
  if (timer) return `waits up to ${Number(timer.startToFireTimeout?.seconds ?? 0)} seconds`
  if (event.timerFiredEventAttributes) return 'wait is over'
  if (marker?.markerName === 'core_local_activity') return `${localStepOf(marker.details)} done`
  if (failed) return `run ended: ${typeOf(failed.failure)}`
  if (event.workflowExecutionCompletedEventAttributes) return 'run completed'
  if (event.workflowExecutionTerminatedEventAttributes) return 'run terminated'
  if (event.workflowExecutionCancelRequestedEventAttributes) return 'cancellation requested'
  if (event.workflowExecutionContinuedAsNewEventAttributes) return 'continues in a new run'
  return undefined
}

const typeOf = (failure: { applicationFailureInfo?: { type?: string | null } | null } | null | undefined): string =>
  failure?.applicationFailureInfo?.type ?? 'failure'

type Details = NonNullable<HistoryEvent['markerRecordedEventAttributes']>['details']

/** Returns the name of a step that ran in the worker itself. Nothing else of the marker is read. */
function localStepOf(details: Details): string {
  try {
    const data = details?.['data']?.payloads?.[0]?.data
    const { activity_type: name } = JSON.parse(Buffer.from(data ?? []).toString()) as { activity_type?: string }
    return name ?? 'step'
  } catch {
    return 'step'
  }
}
