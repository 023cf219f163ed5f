import { expect, test } from 'vitest'
import { temporalLogger } from '../../../worker/log/logger.ts'

test('the error about an account that its gateway rejects names the gateway, the account and the code', () => {
  const logged: unknown[] = []
  const log = { error: (fields: object, message: string) => logged.push({ ...fields, message }) }
  temporalLogger(log as never, async () => undefined).error('a gateway rejects our account', {
    activityType: 'takePayment',
    gateway: 'stripe',
    account: 'ga_stripe_live',
    code: 'api_key_expired',
    name: 'Ada Lovelace',
  })
  expect(logged).toEqual([
    {
      activity_type: 'takePayment',
      gateway: 'stripe',
      account: 'ga_stripe_live',
      code: 'api_key_expired',
      message: 'a gateway rejects our account',
    },
  ])
})
