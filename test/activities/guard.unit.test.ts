import { ApplicationFailure } from '@temporalio/common'
import { expect, test } from 'vitest'
import { createActivities, type Activities } from '../../activities/index.ts'
import { takePayment } from '../../activities/take-payment.ts'
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
  longestRetryPause: 1_000,
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
  const delay = [...gatewaySteps, ...chargeSteps].includes(name) ? 1_000 : undefined
  expect(failure.nextRetryDelay ?? undefined).toBe(delay)
})

test('a step without the guard does not compile', () => {
  const registered: Activities = {
    ...activities,
    // @ts-expect-error: `guardSteps` did not return it.
    takePayment: takePayment(dependencies),
  }
  expect(Object.keys(registered)).toHaveLength(22)
})
