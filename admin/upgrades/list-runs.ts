import type { Client, WorkflowExecutionInfo } from '@temporalio/client'
import { searchAttributes } from '../../workflows/messages.ts'

/** A run in Temporal: ids and codes only. */
export interface ListedRun {
  workflowId: string
  runId: string
  type: string
  /** The step that Temporal UI shows; '' without one. */
  step: string
  isRunning: boolean
  /** The version to which the run is pinned, as `deployment:build`; undefined if any worker can execute it. */
  pinnedTo: string | undefined
}

const quoted = (text: string) => JSON.stringify(text)

/** Lists the runs of a task queue that match the query, at most `most`, newest first. */
export async function* listRuns(
  client: Client,
  taskQueue: string,
  query: string,
  most = Infinity,
): AsyncGenerator<ListedRun> {
  let listed = 0
  const pageSize = Math.min(most, 1_000)
  for await (const run of client.workflow.list({ query: `TaskQueue = ${quoted(taskQueue)} AND ${query}`, pageSize })) {
    yield listedRun(run)
    if (++listed >= most) return
  }
}

export const isOpen = 'ExecutionStatus = "Running"'

function listedRun({ workflowId, runId, type, status, typedSearchAttributes, raw }: WorkflowExecutionInfo) {
  const step = typedSearchAttributes.get(searchAttributes.step) ?? ''
  return { workflowId, runId, type, step, isRunning: status.name === 'RUNNING', ...pinOf(raw) }
}

/** Temporal keeps the version of a run in search attributes of its own. */
function pinOf({ searchAttributes: attributes }: WorkflowExecutionInfo['raw']) {
  const textOf = (name: string): unknown => {
    const data = attributes?.indexedFields?.[name]?.data
    return data && JSON.parse(Buffer.from(data).toString())
  }
  const isPinned = textOf('TemporalWorkflowVersioningBehavior') === 'Pinned'
  return { pinnedTo: isPinned ? String(textOf('TemporalWorkerDeploymentVersion')) : undefined }
}
