import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { toFailure } from './failures.ts'
import { inActivity } from './own-run.ts'

const heartbeatEvery = 5_000

/** Five tries in about a minute; the run waits by itself after that. Milliseconds. */
const pauseOfSeries = (attempt: number) => Math.min(1_000 * 2.5 ** (attempt - 1), 20_000)

/**
 * Runs a step so that errors leave it as failures without personal data, and so that a long one beats: a worker that
 * died is noticed within seconds. The step ignores its cancellation: it may be repeated, but never cut in two.
 */
export async function asStep<T>(
  { longestRetryPause }: Pick<ActivityDependencies, 'longestRetryPause'>,
  work: () => Promise<T>,
): Promise<T> {
  const context = inActivity()
  const beat = setInterval(() => context?.heartbeat(), heartbeatEvery)
  try {
    return await work()
  } catch (error) {
    const failure = toFailure(error, Math.min(pauseOfSeries(context?.info.attempt ?? 1), longestRetryPause))
    context?.log.warn('step failed', { error: failure.message })
    throw failure
  } finally {
    clearInterval(beat)
  }
}
