import { callUntilAnswered, pause, type Answer } from './calls.ts'
import { say } from './show.ts'

/** Milliseconds for which a submission waits for its turn. */
const longestQueue = 600_000

/**
 * Makes a call that submits a payment method, and repeats it while it is only slowed down. A customer who leaves the
 * page loses the place in the queue. Throws if there is no response.
 */
export async function submitInTurn(path: string, name: string, body: Record<string, unknown>): Promise<Answer> {
  const began = Date.now()
  for (;;) {
    const answer = await callUntilAnswered(path, name, body)
    if (answer.answer?.refusal !== 'slow_down' || Date.now() - began > longestQueue) return answer
    say('This is taking a little longer than usual. Please keep this page open.')
    await pause(answer.retryAfter * 1_000)
  }
}
