import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

/** Polls until a value satisfies the condition and returns it. Throws with the last value after the timeout. */
export async function until<T>(
  ask: () => Promise<T> | T,
  holds: (answer: T) => boolean = Boolean,
  timeLimit = 90_000,
): Promise<T> {
  const end = Date.now() + timeLimit
  for (;;) {
    const answer = await ask()
    if (holds(answer)) return answer
    if (Date.now() > end)
      throw new Error(`waited ${timeLimit} ms without success; the last result was ${inspect(answer).slice(0, 1500)}`)
    await sleep(50)
  }
}
