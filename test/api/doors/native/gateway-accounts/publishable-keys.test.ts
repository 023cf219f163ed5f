import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAccount, stripeKeys, useAccounts } from '../../../../support/gateways/own-accounts.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

// A publishable key of another account would make the page create tokens that this account cannot charge.

let world: World
let id: string
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const rotate = (body: object) => world.asNative('POST', `/v1/gateway_accounts/${id}/rotate`, body)
const verify = () => world.asNative('POST', `/v1/gateway_accounts/${id}/verify`)

test('one that the gateway does not know is rejected', async () => {
  await world.simulate('keys', { key: 'pk_test_ended', revoked: true })
  const keys = { gateway: 'stripe', secret_key: 'sk_test_shop', publishable_key: 'pk_test_ended' }
  const { status, body } = await world.asNative('POST', '/v1/gateway_accounts', keys)
  expect({ status, body }).toMatchObject({ status: 400, body: { param: 'publishable_key' } })
  expect(body.detail).toContain('is rejected by Stripe')
})

test('before the first payment nobody can tell whose it is; afterwards verify and rotate find out', async () => {
  id = await connectAccount(world, 'stripe', { ...stripeKeys('shop'), publishable_key: 'pk_test_elsewhere' })
  expect((await verify()).body.problem).toBeNull()
  await useAccounts(world, 'own')
  const { bc } = await world.openSetup()
  await world.asNative('POST', `/v1/test_helpers/billing_customers/${bc}/submit`, { outcome: 'pays' })
  expect(await world.ended(bc)).toBe('completed')
  expect((await verify()).body.problem).toBe('the publishable key is of another account')

  for (const more of [{}, { secret_key: 'rk_test_shop' }]) {
    const { status, body } = await rotate({ publishable_key: 'pk_test_other', ...more })
    expect({ status, body }).toMatchObject({ status: 400, body: { param: 'publishable_key' } })
    expect(body.detail).toContain('is of another account at the gateway than the secret key')
  }
  const rotated = await rotate({ publishable_key: 'pk_test_shop' })
  expect(rotated).toMatchObject({ status: 200, body: { publishable_key: 'pk_test_shop' } })
  expect((await verify()).body.problem).toBeNull()
  // A key that may not list payments tells nothing.
  await world.simulate('keys', { key: 'rk_test_shop', permissions: ['accounts_kyc_basic_read'] })
  expect((await rotate({ secret_key: 'rk_test_shop', publishable_key: 'pk_test_shop' })).status).toBe(200)
})
