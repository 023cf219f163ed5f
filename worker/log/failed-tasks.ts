import type { LogMetadata } from '@temporalio/worker'
import type { Logger } from 'pino'
import type { LogFields } from '../../runtime/log-context.ts'

/** A workflow run, as Temporal lists it. */
export interface NamedRun {
  workflowId: string
  type: string
  /** Of its search attributes: a short workflow id has no tenant. */
  ids?: LogFields
}

/** Why a workflow task failed: words of Temporal's, and the name of an error. Never a message: it can contain data. */
export interface TaskFailure {
  runId: string
  /** The cause as the server lists it, such as `NonDeterministicError`. */
  cause: string | undefined
  /** Temporal's code of the error, such as `TMPRL1100`. */
  code: string | undefined
  /** The type of the error that the workflow code threw. */
  error: string | undefined
}

/** Returns why a task failed, if a line of the SDK's core says so; it has the failure as the text of a Rust value. */
export function readFailure(meta: LogMetadata): TaskFailure | undefined {
  const { runId, failure } = meta
  if (typeof runId !== 'string' || typeof failure !== 'string') return undefined
  return {
    runId,
    cause: /\bforce_cause: (\w+)/.exec(failure)?.[1],
    code: /\[(TMPRL\d+)\]/.exec(failure)?.[1],
    error: /\btype: "(\w{1,60})"/.exec(failure)?.[1],
  }
}

/** Runs whose names are kept, to bound memory. */
const mostKept = 1_000

/**
 * Returns a function that logs a failed workflow task with its workflow. The core knows only the run, so Temporal is
 * asked for its workflow, once.
 */
export function failedTask(
  log: Logger,
  findRun: (runId: string) => Promise<NamedRun | undefined>,
  idsOf: (workflowId: string) => LogFields,
): (failure: TaskFailure) => void {
  const known = new Map<string, Promise<NamedRun | undefined>>()
  const find = (runId: string) => {
    const found = known.get(runId) ?? findRun(runId).catch(() => undefined)
    if (known.size >= mostKept) known.clear()
    known.set(runId, found)
    return found
  }
  return ({ runId, ...why }) => {
    void find(runId).then((run) => {
      if (!run) known.delete(runId)
      const workflow = run
        ? { ...run.ids, ...idsOf(run.workflowId), workflow: run.workflowId, workflow_type: run.type }
        : {}
      log.error({ ...workflow, run: runId, ...why }, 'a workflow task failed; it is retried (docs/operations.md)')
    })
  }
}
