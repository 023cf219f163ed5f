import { ApplicationFailure } from '@temporalio/common'
import { expect, test } from 'vitest'
import { createActivities, type Activities } from '../../activities/index.ts'
import { retryDelay } from '../../activities/guard/step.ts'
import { takePayment } from '../../activities/take-payment.ts'
import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import { builtInSettings } from '../../domain/tenant/settings.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'

const personal = 'Jane Roe, jane@example.com, 4242424242424242'
const fail = () => {
  throw new Error(personal)
}
const dependencies: ActivityDependencies = {
  database: Object.assign(fail, { begin: fail, json: fail }) as never,
  gateways: {
    has: fail,
    current: fail,
    of: fail,
    accountOf: fail,
    browserSide: fail,
    browserSideOf: fail,
    listOfInstallation: fail,
    withKeys: fail,
  },
  settingDefaults: builtInSettings,
  longestRetryPause: 400,
}
const activities = createActivities(dependencies)
const gatewaySteps = ['takePayment', 'changePrice', 'readObject', 'swapMethod', 'closePayment']
const chargeSteps = ['settleMoney', 'reconcileAccount']

test.each(Object.entries(activities))('%s fails without personal data', async (name, activity) => {
  const run = activity as unknown as (...args: unknown[]) => Promise<unknown>
  const wait = { on: 'operator', before: 'retry', count: 0 }
  const error: unknown = await run(name === 'noteMoneyWait' ? 'ch_1' : {}, wait, {}).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ApplicationFailure)
  const failure = error as ApplicationFailure
  expect(failure).toMatchObject({ type: 'StepFailed', message: 'Error', cause: undefined, details: undefined })
  const delay = [...gatewaySteps, ...chargeSteps].includes(name) ? 400 : undefined
  expect(failure.nextRetryDelay ?? undefined).toBe(delay)
})

const rejected = new GatewayError('not_now', 'too_many_calls_in_flight', { accountBusyFor: 6_000 })

test.each([
  ['1 s before the second attempt', 1, fail, 1_000],
  ['growing', 3, fail, 6_250],
  ['20 s at most', 5, fail, 20_000],
  ['twice as long as the account keeps calls waiting', 1, rejected, 12_000],
  ['no shorter than without such calls', 4, rejected, 15_625],
])('the delay of a retry: %s, spread by half of it in each direction', (_, attempt, error, delay) => {
  const delays = [0, 0.5, 1].map((chance) => retryDelay(attempt, error, chance))
  expect(delays).toEqual([delay / 2, delay, delay * 1.5])
})

test('a step without the guard does not compile', () => {
  const registered: Activities = {
    ...activities,
    // @ts-expect-error: `guardSteps` did not return it.
    takePayment: takePayment(dependencies),
  }
  expect(Object.keys(registered)).toHaveLength(22)
})
