import { expect, test, vi } from 'vitest'
import { createPollingCalls } from '../../../../api/call/limits/polling-calls.ts'
import { pollUntil } from '../../../../api/doors/native/test-helpers/test-helpers.ts'

const d = () => ({ state: { pollingCalls: createPollingCalls() } }) as never
const callOf = (organizationId: string) =>
  ({ get: (name: string) => (name === 'caller' ? { organizationId } : () => {}) }) as never

/** Counts the reads of this many parallel calls that wait for 10 seconds, for what does not happen. */
async function readsOf(calls: number, organizationOf: (call: number) => string): Promise<number> {
  vi.useFakeTimers()
  try {
    const dependencies = d()
    let reads = 0
    const read = async () => ++reads < 0
    const all = Array.from({ length: calls }, (_, i) => pollUntil(dependencies, callOf(organizationOf(i)), read))
    await vi.advanceTimersByTimeAsync(10_000)
    await Promise.all(all)
    return reads
  } finally {
    vi.useRealTimers()
  }
}

test('one waiting call reads five times per second, for 10 seconds', async () => {
  expect(await readsOf(1, () => 'org_1')).toBe(51)
})

test('many waiting calls of an organization read 100 times per second together, each to the end', async () => {
  const reads = await readsOf(400, () => 'org_1')
  expect(reads).toBeGreaterThan(800)
  expect(reads).toBeLessThanOrEqual(1_800)
})

test('the waiting calls of an organization do not slow those of another', async () => {
  const dependencies = createPollingCalls()
  const waiting: (() => void)[] = []
  const many = Array.from({ length: 100 }, () =>
    dependencies.run('org_1', () => new Promise<void>((resolve) => waiting.push(resolve))),
  )
  const pauseOf = (organization: string) => dependencies.run(organization, async (pause) => pause())
  expect([await pauseOf('org_1'), await pauseOf('org_2')]).toEqual([1_200, 200])
  for (const done of waiting) done()
  await Promise.all(many)
  expect(await pauseOf('org_1')).toBe(200)
})
