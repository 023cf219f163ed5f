import { callUntilAnswered, pause, type Answer } from './calls.ts'
import { page } from './page-data.ts'
import { say } from './show.ts'

/** Milliseconds for which a submission waits for its turn. */
const longestQueue = 600_000

/**
 * Makes a call that submits a payment method, and repeats it while it is only slowed down. A customer who leaves the
 * page loses the place in the queue.
 */
export async function submitInTurn(name: string, body: Record<string, unknown>): Promise<Answer> {
  const began = Date.now()
  for (;;) {
    const answer = await callUntilAnswered(name, body)
    if (answer.answer?.refusal !== 'slow_down' || Date.now() - began > longestQueue) return answer
    say(page.words.status.queued)
    await pause(answer.retryAfter * 1_000)
  }
}
