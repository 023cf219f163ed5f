import { Context } from '@temporalio/activity'
import { toFailure } from './failures.ts'

const heartbeatEvery = 5_000

function inActivity(): Context | undefined {
  try {
    return Context.current()
  } catch {
    return undefined
  }
}

/**
 * Runs a step so that errors leave it as failures without personal data, and so that a long one beats: a worker that
 * died is noticed within seconds. The step ignores its cancellation: it may be repeated, but never cut in two.
 */
export async function asStep<T>(work: () => Promise<T>): Promise<T> {
  const context = inActivity()
  const beat = setInterval(() => context?.heartbeat(), heartbeatEvery)
  try {
    return await work()
  } catch (error) {
    context?.log.warn('step failed', { error: toFailure(error).message })
    throw toFailure(error)
  } finally {
    clearInterval(beat)
  }
}
