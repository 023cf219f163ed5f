import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import { workflowBundle } from '../../worker/run-worker.ts'
import type { ListedRun } from './list-runs.ts'

/** Histories that are read in advance. */
const inAdvance = 8

/** Whether this build can continue a run. */
export interface Replayed {
  run: ListedRun
  /** Why it cannot: codes and names of steps, nothing of a customer. Undefined if it can. */
  cause: string | undefined
}

/**
 * Replays the histories of runs against the workflow code of this build, or of the file `bundle`. Changes nothing. Runs
 * that no longer exist are left out.
 */
export async function* replayRuns(
  client: Client,
  runs: AsyncIterable<ListedRun> | Iterable<ListedRun>,
  bundle?: string,
): AsyncGenerator<Replayed> {
  let current: ListedRun | undefined
  async function* histories() {
    for await (const { run, history } of historiesOf(client, runs)) {
      current = run
      yield { workflowId: run.workflowId, history }
    }
  }
  // Results come in the order of the histories, one by one.
  for await (const { error } of Worker.runReplayHistories(
    { workflowBundle: await workflowBundle(bundle) },
    histories(),
  ))
    yield { run: current!, cause: error && causeOf(error) }
}

/** Temporal's own sentence, up to the quote that ends it. Other messages can have any content. */
const causeOf = ({ name, message }: Error): string => /\[TMPRL\d+\][^\n"\\]{0,200}/.exec(message)?.[0] ?? name

async function* historiesOf(client: Client, runs: AsyncIterable<ListedRun> | Iterable<ListedRun>) {
  const reading: ReturnType<typeof read>[] = []
  const read = async (run: ListedRun) => {
    try {
      return { run, history: await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory() }
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined
      throw error
    }
  }
  const next = async function* () {
    const found = await reading.shift()
    if (found) yield found
  }
  for await (const run of runs) {
    const promise = read(run)
    // Awaited in its turn.
    promise.catch(() => {})
    reading.push(promise)
    if (reading.length >= inAdvance) yield* next()
  }
  while (reading.length > 0) yield* next()
}
