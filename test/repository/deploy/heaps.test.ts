import { expect, test } from 'vitest'
import { compose, readFile } from './compose.ts'
import { pods } from './kubernetes-files.ts'

// A heap that may fill the memory of its container leaves none for what is outside of it, and the container is killed.

/** Megabytes that a program needs outside of its heaps: code, buffers, and in the worker Temporal's core. */
const outside = 256
/** Threads with a heap of their own. The worker runs workflow code in one besides its main thread. */
const threads = { api: 1, worker: 2 }
/** V8 adds its young generation to what the option says. */
const young = 64

const programs = Object.keys(threads) as (keyof typeof threads)[]
const heapIn = (command: string[] | undefined) =>
  Number(command?.map((word) => /^--max-old-space-size=(\d+)$/.exec(word)?.[1]).find(Boolean))
const megabytesOf = (limit: string) => Number.parseInt(limit) * (/g/i.test(limit) ? 1_024 : 1)

test.each(programs)('the heaps of the %s leave memory of its container, the same in compose and Kubernetes', (name) => {
  const { command, mem_limit: limit } = compose.services[name]!
  const [pod] = pods[name].containers
  const heap = heapIn(command)
  expect(heapIn(pod.command)).toBe(heap)
  for (const memory of [limit!, pod.resources.limits.memory!])
    expect(threads[name] * (heap + young) + outside).toBeLessThanOrEqual(megabytesOf(memory))
})

test('the limits are those with which memory was measured, and the documents name them', () => {
  const measured = { api: 'tools/bench/pages/main.ts', worker: 'tools/bench/live/stack.ts' }
  for (const name of programs) {
    const heap = heapIn(compose.services[name]!.command)
    expect(readFile(measured[name])).toContain(`const heapMegabytes = ${heap}\n`)
    expect(readFile('docs/operations.md')).toContain(`--max-old-space-size=${heap}`)
  }
})
