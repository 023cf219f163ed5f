import { expect } from 'vitest'
import { until } from './until.ts'
import type { SetupPage } from './world/setup-page.ts'
import type { World } from './world/world.ts'

/** Waits until the bank asks the customer. Returns the id of the payment intent or setup intent. */
export async function untilBankAsks(world: World, page: SetupPage): Promise<string> {
  const { body } = await until(
    () => page.progress(),
    ({ body }) => body.action !== undefined,
  )
  expect(body).toMatchObject({ status: 'pending', paying: true, action: { type: 'stripe_next_action' } })
  const secret = body.action.client_secret as string
  world.secrets.add(secret)
  return secret.split('_secret_')[0]!
}
