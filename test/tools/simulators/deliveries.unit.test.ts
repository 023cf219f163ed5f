import { expect, test, vi } from 'vitest'
import { Deliveries, isDone } from '../../../tools/simulators/deliveries.ts'
import { until } from '../../support/until.ts'

test('a forged event without a response is resent, still forged, until it is rejected', async () => {
  const answers = [undefined, 503, 400, 400]
  const sent: boolean[] = []
  const deliveries = new Deliveries<string>(async (_, forge) => {
    sent.push(forge)
    return isDone(answers[sent.length - 1], forge)
  })
  deliveries.send('an event', { forge: true })
  await until(() => sent.length === 3)
  deliveries.stop()
  expect(sent).toEqual([true, true, true])
  expect(deliveries.forgedAgain).toBe(2)
})

test.each([
  [200, false, true],
  [204, false, true],
  [400, false, false],
  [503, false, false],
  [undefined, false, false],
  [400, true, true],
  [200, true, false],
])('a response of %s, forged %s: done is %s', (status, forge, done) => {
  expect(isDone(status, forge)).toBe(done)
})

test('an event that is not accepted is retried for three days of the clock, and then no more', async () => {
  vi.useFakeTimers()
  try {
    let [clock, sent] = [1_000, 0]
    const persistence = { now: () => clock, giveUpAfter: 3 * 86_400 }
    const deliveries = new Deliveries<string>(async () => ++sent < 0, persistence)
    deliveries.send('an event')
    await vi.advanceTimersByTimeAsync(55_000)
    expect(sent).toBe(6)
    const counts: number[] = []
    for (let day = 1; day <= 5; day++) {
      clock += 86_400
      deliveries.clockMoved()
      await vi.advanceTimersByTimeAsync(0)
      counts.push(sent)
    }
    expect(counts).toEqual([7, 8, 9, 9, 9])
    deliveries.stop()
  } finally {
    vi.useRealTimers()
  }
})

test('retries over a day have growing intervals, and an accepted event is not resent', async () => {
  vi.useFakeTimers()
  try {
    const [began, at] = [Date.now(), [] as number[]]
    const now = () => Math.floor(Date.now() / 1_000)
    const deliveries = new Deliveries<string>(async () => at.push(Math.round((Date.now() - began) / 60_000)) === 10, {
      now,
      giveUpAfter: 3 * 86_400,
    })
    deliveries.send('an event')
    await vi.advanceTimersByTimeAsync(2 * 86_400_000)
    expect(at.slice(6)).toEqual([2, 7, 37, 157])
    deliveries.stop()
  } finally {
    vi.useRealTimers()
  }
})
