import type { Client, WorkflowExecutionInfo } from '@temporalio/client'
import { expect, test } from 'vitest'
import { wakeAll } from '../../admin/upgrades/wake-all.ts'

/** A client with this many open runs. `signal` is called for each. */
const clientOf = (count: number, signal: (n: number) => Promise<void>) => {
  const runs = Array.from({ length: count }, (_, n) => ({
    workflowId: String(n),
    runId: String(n),
    status: { name: 'RUNNING' },
    typedSearchAttributes: { get: () => undefined },
    raw: {},
  }))
  return {
    workflow: {
      list: async function* () {
        yield* runs as unknown as WorkflowExecutionInfo[]
      },
      getHandle: (id: string) => ({ signal: () => signal(Number(id)) }),
    },
  } as unknown as Client
}
const options = { taskQueue: 'onboarding', rate: 1_000 }

test('slow signals are in flight together, at most 32', async () => {
  const release: (() => void)[] = []
  const [count, atOnce] = [80, 32]
  let [begun, open, most] = [0, 0, 0]
  // None returns before the next 32, or all that are left, have begun.
  const signal = async () => {
    most = Math.max(most, ++open)
    const returned = new Promise<void>((resolve) => release.push(resolve))
    if (++begun % atOnce === 0 || begun === count) for (const one of release.splice(0)) one()
    await returned
    open--
  }
  expect(await wakeAll(clientOf(count, signal), options)).toEqual({ woken: count, already_there: 0 })
  expect(most).toBe(atOnce)
})

test('a signal that fails ends the command with its error', async () => {
  const signal = (n: number) => (n === 3 ? Promise.reject(new Error('unavailable')) : Promise.resolve())
  await expect(wakeAll(clientOf(50, signal), options)).rejects.toThrow('unavailable')
})
