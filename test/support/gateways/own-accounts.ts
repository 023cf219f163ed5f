import { callersExpired } from '../callers-expired.ts'
import { postUntilServed } from '../keyed-post.ts'
import type { World } from '../world/world.ts'

// Gateway accounts of an organization's own, at simulators that keep the data of each account apart.

/** The keys of a named account at the simulators. */
export const stripeKeys = (name: string) => ({ secret_key: `sk_test_${name}`, publishable_key: `pk_test_${name}` })
export const payPalKeys = (name: string) => ({ client_id: name, client_secret: `secret-of-${name}` })

/** Connects an account with these keys, and returns its id. */
export async function connectAccount(
  world: World,
  gateway: 'stripe' | 'paypal',
  keys: object,
  apiKey = world.seeds.secret_key,
): Promise<string> {
  const { status, body } = await postUntilServed(world, '/v1/gateway_accounts', { gateway, ...keys }, apiKey)
  if (status !== 201) throw new Error(`not connected: ${JSON.stringify(body)}`)
  return body.id
}

/** Changes whose accounts the organization's customers pay at. */
export async function useAccounts(world: World, gateway_accounts: 'own' | 'shared' | 'own_or_shared'): Promise<void> {
  await world.asNative('PATCH', '/v1/settings', { gateway_accounts })
  await callersExpired()
}

/** Runs a command for an account, such as `drain`. */
export async function command(world: World, id: string, name: string, body: object = {}, apiKey?: string) {
  const answer = await world.asNative('POST', `/v1/gateway_accounts/${id}/${name}`, body, apiKey)
  await callersExpired()
  return answer
}

/** Returns the charges of a billing customer that succeeded, with the account of each. */
export const chargedAt = (world: World, bc: string) =>
  world.sql<{ accountId: string }[]>`
    select account_id from charges where billing_customer_id = ${bc} and state = 'succeeded'`

/** Throws if a call named an object of another account than that of its key. */
export async function refuseCrossAccount(world: World): Promise<void> {
  for (const { url } of [world.simulator, ...(world.paypal ? [world.paypal] : [])]) {
    const { body } = await world.request(`${url}/_sim/accounts`)
    if (body.cross_account !== 0) throw new Error(`${body.cross_account} calls named an object of another account`)
  }
}
