import { tryErrors, type TryError, type TryResult } from './post.ts'

// Derives the health of a receiver from delivery attempts. Pure. docs/decisions/0034 explains the numbers.

/**
 * `healthy`: all deliveries are sent. `resting`: one is sent when the pause ends. `failing`: the endpoint's run does
 * that, with longer pauses.
 */
export type HealthState = 'healthy' | 'resting' | 'failing'

export interface Health {
  state: HealthState
  /** Failed attempts since the last success. */
  failures: number
  /** Consecutive failed attempts in which the receiver was unavailable. */
  awayInARow: number
  /** The first ten events of these failures. */
  failedEvents: string[]
  /** Number of pauses since the last success. */
  pauses: number
  /** The first failure since the last success. */
  failingSince: Date | null
  /** The time until which nothing is sent. */
  retryAt: Date | null
}

/** `secret_unreadable`: no configured key decrypts the secret or headers of the endpoint, so nothing is sent. */
export const endpointErrors = [...tryErrors, 'secret_unreadable'] as const
export type EndpointError = (typeof endpointErrors)[number]

export const healthy: Health = {
  state: 'healthy',
  failures: 0,
  awayInARow: 0,
  failedEvents: [],
  pauses: 0,
  failingSince: null,
  retryAt: null,
}

/** The result of an attempt, as far as health depends on it. */
export type Outcome = Pick<TryResult, 'status' | 'error' | 'retryAfter'>

const awayErrors: readonly (TryError | null)[] = ['dns', 'refused', 'reset', 'tls', 'timeout', 'address']
const awayStatuses: readonly (number | null)[] = [429, 502, 503, 504]

/** Returns whether an attempt failed because the receiver is unavailable, and not because of the event. */
export const isAway = ({ status, error }: Outcome): boolean =>
  awayErrors.includes(error) || (error === 'status' && awayStatuses.includes(status))

/** Returns whether the receiver requests that its endpoint be disabled. */
export const isGone = ({ status }: Outcome): boolean => status === 410

/**
 * An event that is always rejected on a quiet endpoint must not delay the others, so a receiver counts as unavailable
 * only after failures of two events, or an hour with one. After that, its outage does not count against that event.
 */
const opensAfter = { awayInARow: 5, ofEvents: 2, orSeconds: 3_600, refusedEvents: 10 }
/** Seconds. The last one repeats. The first three are those of the delivery loop, the others those of the run. */
const pauses = [10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600]
const pausesOfLoop = 3
/** Seconds within which a key that is configured again takes effect. */
const longestPauseWithoutSecret = 300
/** An endpoint is disabled after this many seconds without a success, and this many attempts. */
const givesUpAfter = { seconds: 72 * 3_600, failures: 10 }
/** Seconds after which a failing endpoint is reported by an event. */
const reportsAfter = 3_600

const after = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1_000)
/** `chance` is from 0 to 1; the result is within 20 % of the seconds. */
const jittered = (seconds: number, chance: number) => seconds * (0.8 + 0.4 * chance)

/** Returns the health after one attempt. `chance` is a random number from 0 to 1. */
export function afterTry(health: Health, eventId: string, outcome: Outcome, now: Date, chance: number): Health {
  if (outcome.error === null) return healthy
  const failed = {
    ...health,
    failures: health.failures + 1,
    awayInARow: isAway(outcome) ? health.awayInARow + 1 : 0,
    failedEvents: health.failedEvents.includes(eventId)
      ? health.failedEvents
      : [...health.failedEvents, eventId].slice(0, opensAfter.refusedEvents),
    failingSince: health.failingSince ?? now,
  }
  if (health.state === 'healthy' && !opens(failed, now) && outcome.retryAfter === null) return failed
  // An attempt that was in flight when the pause began does not start another one.
  if (health.retryAt !== null && health.retryAt > now) return failed
  return rest(failed, Math.max(nextPause(failed, chance), outcome.retryAfter ?? 0), now)
}

function opens({ awayInARow, failedEvents, failingSince }: Health, now: Date): boolean {
  const isLong = failingSince !== null && after(failingSince, opensAfter.orSeconds) <= now
  const isAway = awayInARow >= opensAfter.awayInARow && (isLong || failedEvents.length >= opensAfter.ofEvents)
  return isAway || failedEvents.length >= opensAfter.refusedEvents
}

/**
 * Returns the health after the secret of an endpoint could not be decrypted. That is not a failure of the receiver: it
 * never disables the endpoint.
 */
export const withoutSecret = (health: Health, now: Date, chance: number): Health =>
  rest(health, Math.min(nextPause(health, chance), longestPauseWithoutSecret), now)

const nextPause = (health: Health, chance: number) =>
  jittered(pauses[Math.min(health.pauses, pauses.length - 1)]!, chance)

/** Begins a pause of this many seconds. */
function rest(health: Health, pause: number, now: Date): Health {
  const isOfRun = health.state === 'failing' || health.pauses >= pausesOfLoop
  return {
    ...health,
    state: isOfRun ? 'failing' : 'resting',
    pauses: health.pauses + 1,
    retryAt: after(now, pause),
  }
}

/** Returns whether to give up on the endpoint. */
export const givesUp = ({ state, failingSince, failures }: Health, now: Date): boolean =>
  state !== 'healthy' &&
  failures >= givesUpAfter.failures &&
  failingSince !== null &&
  after(failingSince, givesUpAfter.seconds) <= now

/** Returns whether a success followed the report that the endpoint fails, even if it is failing again by now. */
export const hasRecovered = ({ state, failingSince }: Health, reportedAt: Date): boolean =>
  state === 'healthy' || (failingSince !== null && failingSince > reportedAt)

/** Returns whether the endpoint has been failing long enough to report it. */
export const isReportable = ({ state, failingSince }: Health, now: Date): boolean =>
  state === 'failing' && failingSince !== null && after(failingSince, reportsAfter) <= now

/** Seconds between the attempts of a delivery that is rejected: 11 attempts in about 72 hours. */
const steps = [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000]

/** Returns the seconds until the next attempt after this many rejections; undefined after the last: it has failed. */
export function nextTryIn(refusals: number, chance: number): number | undefined {
  const step = steps[refusals - 1]
  return step === undefined ? undefined : jittered(step, chance)
}

/** Seconds for which an event waits for an earlier, rejected one of its billing customer before it is sent anyway. */
export const longestWaitForOrder = 120
