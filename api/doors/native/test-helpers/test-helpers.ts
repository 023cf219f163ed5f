import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { conflict, Failure } from '../../../../domain/failure/failures.ts'
import type { AttemptState, GatewayName } from '../../../../domain/lifecycle.ts'
import type { OnboardingFacts } from '../../../../domain/onboarding/onboarding.ts'
import { isGatewayError } from '../../../../domain/payment/gateway-errors.ts'
import { TestHelperUnsupported } from '../../../../domain/payment/test-helpers.ts'
import { gatewayFacts } from '../../../../domain/gateways/list.ts'
import type { PaymentGateway, TestHelpers } from '../../../../gateways/gateway.ts'
import type { BillingCustomer } from '../../../../store/billing-customers/billing-customers.ts'
import { findAttempt } from '../../../../store/payments/attempts.ts'
import { hasEnded, readNewestFacts } from '../../../../store/onboardings/facts.ts'
import type { Caller } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { noneLive, requireBillingCustomer } from '../../../setup/onboarding-command.ts'
import { guards, nativeRefusals, security } from '../door.ts'

/** The common part of the routes of test helpers. `name` is the last part of its path. */
export const common = (d: ApiDependencies, name: string) => ({
  tags: ['Test helpers'],
  security,
  middleware: guards(d, 'billing_customers:write'),
  method: 'post' as const,
  path: `/v1/test_helpers/billing_customers/{id}/${name}` as const,
})
export const refusals = nativeRefusals

/** The decision of a bank. */
export const decision = z.enum(['pays', 'declined'])

/** Returns a billing customer of a sandbox. Throws `forbidden` for a live API key, or `not_found`. */
export async function requireSandbox(d: ApiDependencies, caller: Caller, id: string): Promise<BillingCustomer> {
  if (caller.environment !== 'sandbox')
    throw new Failure('forbidden', 'test helpers work only in the sandbox; use a sandbox API key')
  return requireBillingCustomer(d, caller, id)
}

export interface Live {
  billingCustomer: BillingCustomer
  onboarding: OnboardingFacts
}

/**
 * Returns a billing customer of a sandbox with its live onboarding; for a repeat of a call, whose first try may have
 * ended it, its newest one. Throws as `requireSandbox`, or `conflict`.
 */
export async function requireLive(d: ApiDependencies, c: Context<CallEnv>, id: string): Promise<Live> {
  const billingCustomer = await requireSandbox(d, c.get('caller'), id)
  const onboarding = await readNewestFacts(d.database, billingCustomer.id)
  if (!onboarding || (onboarding.endedAt && !c.get('firstTryAt'))) throw noneLive()
  return { billingCustomer, onboarding }
}

/** Creates the error for a test that is not possible at this gateway or in this state. */
export const notPossible = (param: string, message: string) => conflict('test_not_possible', param, message)

/** Returns the gateway with the account of an object. Throws `conflict` if its keys are not configured. */
export async function requireGateway(
  d: ApiDependencies,
  { accountId }: { accountId: string },
): Promise<PaymentGateway> {
  try {
    return await d.gateways.of(accountId)
  } catch (error) {
    if (isGatewayError(error, 'refused')) throw notPossible('gateway', 'has no account with configured keys')
    throw error
  }
}

/** Returns the test helpers of a gateway. Throws `conflict` if it has none. */
export function requireTestHelpers({ name, testHelpers }: PaymentGateway): TestHelpers {
  if (!testHelpers) throw notPossible('gateway', gatewayFacts[name].noTestMethods ?? 'has no test account')
  return testHelpers
}

/** Runs a call to a gateway. Throws Failures in place of the gateway's errors. */
export async function atGateway<T>(name: GatewayName, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TestHelperUnsupported) throw notPossible('gateway', error.message)
    if (isGatewayError(error, 'unknown', 'not_now'))
      throw new Failure('unavailable', `${name} is not responding; try again`, { retryAfter: 5, cause: error })
    if (isGatewayError(error)) throw notPossible('gateway', `${name} rejected it: ${error.vendorCode}`)
    throw error
  }
}

/** Waits until something is true, for at most 10 seconds. Each read restarts the deadline of the call. */
export async function pollUntil(
  d: ApiDependencies,
  c: Context<CallEnv>,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const until = Date.now() + 10_000
  await d.state.pollingCalls.run(c.get('caller').organizationId, async (pause) => {
    while (!(await isDone()) && Date.now() < until) {
      c.get('extendDeadline')()
      const left = Math.max(0, until - Date.now())
      await new Promise((resolve) => setTimeout(resolve, Math.min(pause(), left)))
    }
  })
}

/**
 * Returns whether an attempt has left the states `undecided`. A paid one is decided once the onboarding has ended, so
 * that the response shows an active customer.
 */
export async function isDecided(
  d: ApiDependencies,
  { onboardingId }: OnboardingFacts,
  number: number,
  undecided: AttemptState[],
): Promise<boolean> {
  const attempt = await findAttempt(d.database, onboardingId, number)
  if (!attempt || undecided.includes(attempt.state)) return false
  return attempt.state !== 'paid' || hasEnded(d.database, onboardingId)
}
