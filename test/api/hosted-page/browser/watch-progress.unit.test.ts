import { expect, test } from 'vitest'
import type { Answer } from '../../../../api/hosted-page/browser/calls.ts'
import { watchProgress, type Surroundings } from '../../../../api/hosted-page/browser/watch-progress.ts'

const answer = (status: number, version?: string): Answer => ({
  status,
  answer: (version === undefined ? null : { version }) as Answer['answer'],
  retryAfter: 5,
})

/** A browser whose calls return these responses in turn. The last one stays open until the watch ends. */
function browserWith(responses: (Answer | 'no network')[]) {
  const asked: (string | undefined)[] = []
  const paused: number[] = []
  const seen: string[] = []
  let hidden = false
  let wake = () => {}
  let done = () => {}
  const isDone = new Promise<void>((resolve) => (done = resolve))
  const browser: Surroundings = {
    ask(version, signal) {
      asked.push(version)
      const next = responses.shift()
      if (next === 'no network') return Promise.reject(new TypeError('Failed to fetch'))
      if (next) return Promise.resolve(next)
      done()
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    },
    isHidden: () => hidden,
    onWake(call) {
      wake = call
      return () => (wake = () => {})
    },
    // Time passes at once, except while the tab is hidden.
    pause(milliseconds, signal) {
      paused.push(milliseconds)
      if (!hidden) return Promise.resolve()
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    },
  }
  const stop = watchProgress(({ status, answer: found }) => {
    seen.push(`${status} ${(found as { version?: string } | null)?.version ?? '-'}`)
  }, browser)
  const show = (isShown: boolean) => {
    hidden = !isShown
    wake()
  }
  return { asked, paused, seen, isDone, stop, show }
}

test('each version is reported once, and held calls follow each other without a pause', async () => {
  const { isDone, ...b } = browserWith([answer(200, 'a'), answer(204), answer(200, 'b'), answer(204), answer(410, 'c')])
  await isDone
  expect(b.seen).toEqual(['200 a', '200 b', '410 c'])
  expect(b.asked).toEqual([undefined, 'a', 'a', 'b', 'b', 'c'])
  expect(b.paused).toEqual([])
  b.stop()
})

test('calls that are not held become rarer, and a change makes them frequent again', async () => {
  const same = Array.from({ length: 16 }, () => answer(200, 'a'))
  const { isDone, ...b } = browserWith([answer(200, 'a'), ...same, answer(200, 'b'), answer(200, 'b')])
  await isDone
  expect(b.seen).toEqual(['200 a', '200 b'])
  expect(b.paused.slice(0, 5)).toEqual([500, 500, 500, 500, 500])
  expect(b.paused.slice(5, 13)).toEqual(Array(8).fill(3_000))
  expect(b.paused.slice(13)).toEqual([15_000, 15_000, 15_000, 500])
  b.stop()
})

test('an outage and a lost network are not reported, and it goes on asking for the version that it has', async () => {
  const { isDone, ...b } = browserWith([answer(200, 'a'), 'no network', answer(503), 'no network', answer(200, 'b')])
  await isDone
  expect(b.seen).toEqual(['200 a', '200 b'])
  expect(b.asked).toEqual([undefined, 'a', 'a', 'a', 'a', 'b'])
  expect(b.paused).toEqual([500, 500, 500])
  b.stop()
})

test('a link that is no longer valid is reported once', async () => {
  const { isDone, ...b } = browserWith([answer(404), answer(404), answer(404)])
  await isDone
  expect(b.seen).toEqual(['404 -'])
  b.stop()
})

test('a hidden tab asks nothing, and continues when it is shown', async () => {
  const { isDone, ...b } = browserWith([answer(200, 'a'), answer(503), answer(200, 'b')])
  b.show(false)
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  const before = b.asked.length
  expect(before).toBeLessThan(3)
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  expect(b.asked.length).toBe(before)
  expect(b.paused.at(-1)).toBe(60_000)
  b.show(true)
  await isDone
  expect(b.seen).toEqual(['200 a', '200 b'])
  b.stop()
})

test('after it was stopped, nothing is asked or reported', async () => {
  const { isDone, ...b } = browserWith([answer(200, 'a')])
  await isDone
  b.stop()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect([b.asked.length, b.seen]).toEqual([2, ['200 a']])
})
