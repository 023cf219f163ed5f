import type { Client } from '@temporalio/client'
import { chooseRuns } from './choose-runs.ts'
import { replayRuns, type Replayed } from './replay-runs.ts'

/** Runs that are named in a result. */
const mostNamed = 50

/** What an operator learns about a build. */
export interface UpgradeCheck {
  /** Whether every replayed run can continue on this build. */
  is_compatible: boolean
  /** Replayed histories: all of them, of live runs, and of runs that closed in the last day. */
  replayed: { total: number; live: number; closed: number }
  /** Replayed histories by workflow type and step. */
  kinds: Record<string, number>
  /** Number of runs that this build cannot continue, by cause. */
  causes: Record<string, number>
  /** The first 50 of them. */
  incompatible: { workflow: string; run: string; type: string; step: string; is_live: boolean; cause: string }[]
}

/** Replays `most` runs of a task queue, or all if there are fewer, against this build. Changes nothing. */
export async function checkUpgrade(
  client: Client,
  { taskQueue, most, bundle }: { taskQueue: string; most: number; bundle?: string | undefined },
): Promise<UpgradeCheck> {
  const all: Replayed[] = []
  for await (const replayed of replayRuns(client, await chooseRuns(client, taskQueue, most), bundle)) all.push(replayed)
  const live = all.filter(({ run }) => run.isRunning).length
  const wrong = all.flatMap(({ run, cause }) => (cause === undefined ? [] : [{ ...run, cause }]))
  return {
    is_compatible: wrong.length === 0,
    replayed: { total: all.length, live, closed: all.length - live },
    kinds: countBy(all, ({ run }) => `${run.type}${run.step && ` ${run.step}`}`),
    causes: countBy(wrong, ({ cause }) => cause),
    incompatible: wrong
      .slice(0, mostNamed)
      .map(({ workflowId: workflow, runId: run, type, step, isRunning: is_live, cause }) => ({
        ...{ workflow, run, type, step, is_live, cause },
      })),
  }
}

function countBy<T>(list: T[], nameOf: (each: T) => string): Record<string, number> {
  const counts = new Map<string, number>()
  for (const each of list) counts.set(nameOf(each), (counts.get(nameOf(each)) ?? 0) + 1)
  return Object.fromEntries(counts)
}
