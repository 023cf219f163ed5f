import { residentOf } from '../bulk/processes.ts'
import type { LiveStack } from './stack.ts'

/** The worker's memory in MB, and the runs that it has in memory. */
export async function readWorkerMemory({ processes, metricsUrls }: LiveStack) {
  const text = await (await fetch(metricsUrls.worker)).text()
  const value = (name: string) => Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  return {
    resident: residentOf(processes().worker),
    heap: Math.round(value('nodejs_heap_size_used_bytes') / 2 ** 20),
    cachedRuns: value('temporal_sticky_cache_size'),
  }
}
