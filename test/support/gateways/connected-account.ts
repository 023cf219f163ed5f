import { expect } from 'vitest'
import { ask, type Answer } from '../answer.ts'
import { callersExpired } from '../callers-expired.ts'
import { postUntilServed } from '../keyed-post.ts'
import type { World } from '../world/world.ts'

// Accounts that are connected to the installation's account as a platform, and their owners at the gateway.

export const linkUrls = { return_url: 'https://shop.example/return', refresh_url: 'https://shop.example/refresh' }

/** Connects an account to the platform. Returns the response. */
export const connectToPlatform = (world: World, body: object = {}, key = world.seeds.secret_key): Promise<Answer> =>
  postUntilServed(world, '/v1/gateway_accounts', { gateway: 'stripe', auth: 'connect', ...linkUrls, ...body }, key)

/** What the owner does with an onboarding link. */
export type Outcome = 'complete' | 'review' | 'later'

/** Opens an onboarding link and submits its page. Returns the URL to which it redirects. */
export async function followLink(url: string, outcome: Outcome): Promise<string | null> {
  const { status, body, headers } = await ask(url, { redirect: 'manual' })
  if (status !== 200) return headers.get('Location')
  const session = /name="session" value="(\w+)"/.exec(body as string)![1]!
  const form = { method: 'POST', redirect: 'manual', body: new URLSearchParams({ session, outcome }) } as const
  return (await ask(url, form)).headers.get('Location')
}

/** Connects an account whose owner completes the link. Returns it once it is active. */
export async function connectOwner(world: World, key = world.seeds.secret_key): Promise<Answer['body']> {
  const { status, body } = await connectToPlatform(world, {}, key)
  expect({ status, body }).toMatchObject({ status: 201 })
  await followLink(body.onboarding_url, 'complete')
  await world.allDelivered()
  const { body: account } = await world.asNative('GET', `/v1/gateway_accounts/${body.id}`, undefined, key)
  expect(account).toMatchObject({ status: 'active', charges_enabled: true })
  return account
}

/** Connects an account whose owner completes the link, and makes the organization's customers pay there. */
export async function payAtConnected(world: World, key = world.seeds.secret_key): Promise<Answer['body']> {
  const account = await connectOwner(world, key)
  await world.asNative('PATCH', '/v1/settings', { gateway_accounts: 'own' }, key)
  await callersExpired()
  return account
}
