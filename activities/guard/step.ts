import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { stepFailed, stepKnown } from '../../metrics/runs.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { logFields, withLogFields } from '../../runtime/log-context.ts'
import type { Database } from '../../store/database/database.ts'
import { toFailure } from './failures.ts'
import { failureType, inStepSpan } from './step-span.ts'
import { inActivity } from './own-run.ts'
import { stepFields } from './step-fields.ts'

/** A step of the workflows: given its dependencies, the function that Temporal calls. */
type Step<Dependencies> = (d: Dependencies) => (...args: never[]) => Promise<unknown>

declare const guarded: unique symbol
type Guarded<Run> = Run & { readonly [guarded]: true }

/** What may be registered. Only `guardSteps` returns it: a function without a guard does not compile. */
export type Registrable = Record<string, Guarded<ReturnType<Step<never>>>>

/** These steps, guarded. */
export type GuardedSteps<Steps extends Record<string, Step<never>>> = {
  [Name in keyof Steps]: Guarded<ReturnType<Steps[Name]>>
}

/** Runs the work of a step and throws its errors as failures without personal data: histories contain them. */
type Guard<Dependencies> = <T>(d: Dependencies, work: () => Promise<T>) => Promise<T>

/** Binds steps to their dependencies, each behind the guard. */
export function guardSteps<
  Dependencies extends { database: Database },
  Steps extends Record<string, Step<Dependencies>>,
>(d: Dependencies, guard: Guard<Dependencies>, steps: Steps): GuardedSteps<Steps> {
  const entries = Object.entries(steps).map(([name, step]) => {
    const run = step(d)
    stepKnown(name)
    const guarded = (...args: never[]) =>
      withLogFields(stepFields(args), () => inStepSpan(name, d, () => guard(d, () => run(...args)))).catch(
        (error: unknown) => {
          stepFailed(name, failureType(error))
          throw error
        },
      )
    return [name, guarded]
  })
  return Object.fromEntries(entries) as GuardedSteps<Steps>
}

/** For steps that Temporal retries with the policy of the workflow. */
export const asFailures: Guard<unknown> = async (_, work) => {
  try {
    return await work()
  } catch (error) {
    throw toFailure(error)
  }
}

const heartbeatInterval = 5_000

/**
 * Milliseconds until the next attempt: five attempts in about a minute, then the run waits. An account that keeps calls
 * waiting is left alone for twice as long. `chance`, 0 to 1, spreads steps that failed together (docs/decisions/0065).
 */
export function retryDelay(attempt: number, error: unknown, chance: number): number {
  const busyFor = isGatewayError(error) ? error.accountBusyFor : 0
  return Math.min(Math.max(1_000 * 2.5 ** (attempt - 1), 2 * busyFor), 20_000) * (0.5 + chance)
}

/**
 * For steps that call a gateway. Sends heartbeats, so that a dead worker is noticed within seconds, and sets the delay
 * of the next attempt. The step ignores its cancellation: it may be repeated, but never interrupted.
 */
export const withHeartbeats: Guard<ActivityDependencies> = async ({ longestRetryPause }, work) => {
  const context = inActivity()
  const heartbeat = setInterval(() => context?.heartbeat(), heartbeatInterval)
  try {
    return await work()
  } catch (error) {
    const delay = retryDelay(context?.info.attempt ?? 1, error, Math.random())
    const failure = toFailure(error, Math.min(delay, longestRetryPause))
    // The SDK writes its lines later, outside of this step.
    context?.log.warn('step failed', { ...logFields(), error: failure.message })
    throw failure
  } finally {
    clearInterval(heartbeat)
  }
}
