import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

/** Asks until there is an answer that holds; fails with the last answer after `patience` milliseconds. */
export async function until<T>(
  ask: () => Promise<T> | T,
  holds: (answer: T) => boolean = Boolean,
  patience = 90_000,
): Promise<T> {
  const end = Date.now() + patience
  for (;;) {
    const answer = await ask()
    if (holds(answer)) return answer
    if (Date.now() > end)
      throw new Error(`waited ${patience} ms in vain; the last answer was ${inspect(answer).slice(0, 1500)}`)
    await sleep(50)
  }
}
