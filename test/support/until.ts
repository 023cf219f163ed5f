import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

/** Milliseconds. */
const [shortestPause, longestPause] = [20, 250]

/**
 * Polls until a value satisfies the condition and returns it. Throws with the last value after the timeout. Pauses for
 * an eighth of the time so far: a long wait takes little processor time from what it waits for.
 */
export async function until<T>(
  ask: () => Promise<T> | T,
  holds: (answer: T) => boolean = Boolean,
  timeLimit = 90_000,
): Promise<T> {
  const begun = Date.now()
  const end = begun + timeLimit
  for (;;) {
    const answer = await ask()
    if (holds(answer)) return answer
    if (Date.now() > end)
      throw new Error(`waited ${timeLimit} ms without success; the last result was ${inspect(answer).slice(0, 1500)}`)
    await sleep(Math.min(Math.max((Date.now() - begun) / 8, shortestPause), longestPause))
  }
}
