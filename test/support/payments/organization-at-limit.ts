import type { PendingQuery, Row } from 'postgres'
import { afterAll, beforeAll, expect } from 'vitest'
import type { SetupPage } from '../world/setup-page.ts'
import { createWorld, type Answer, type World } from '../world/world.ts'

// An organization at its limit of declined cards. Time passes by moving the rows into the past.

export let world: World

/** Opens the world of a test file. */
export function withOrganizationAtLimit(): void {
  beforeAll(async () => {
    world = await createWorld({ longestRetryPause: 300, trustedProxies: ['127.0.0.1'] })
  })
  afterAll(() => world.close())
}

export const declined = '4000000000000002'

/** As if so much time had passed since everything that was submitted or asked. */
export async function pass(seconds: number): Promise<void> {
  await world.sql`update payment_attempts set created_at = created_at - ${seconds} * interval '1 second'`
  await world.sql`
    update approval_sessions set admitted_at = admitted_at - ${seconds} * interval '1 second'
    where admitted_at is not null`
  await world.sql`
    update admission_queue set waits_since = waits_since - ${seconds} * interval '1 second',
      asked_at = asked_at - ${seconds} * interval '1 second',
      passed_at = passed_at - ${seconds} * interval '1 second',
      admitted_at = admitted_at - ${seconds} * interval '1 second'`
}

/** Lets the pause begin at a time. In the future: it stays at its full length until then. */
export const startPause = (at: PendingQuery<Row[]>) =>
  world.sql`update payment_attempts set created_at = ${at} where number = 1`

/** Lets the pause begin, and not go on during the work, which takes long on a busy machine. */
export async function duringPause<T>(work: () => Promise<T>): Promise<T> {
  await startPause(world.sql`now() + interval '1 hour'`)
  const result = await work()
  await world.sql`update admission_queue set asked_at = now() where admitted_at is null or admitted_at < asked_at`
  await startPause(world.sql`now()`)
  return result
}

/** Fills the limit with 150 declined cards of 20 minutes ago, and empties the queue. Turns are 12 seconds apart. */
export async function reachLimit(): Promise<void> {
  await world.sql`delete from admission_queue`
  await world.sql`delete from payment_attempts where state <> 'paid'`
  const { bc } = await world.openSetup()
  await world.sql`
    insert into payment_attempts
      (onboarding_id, number, environment, link_version, source, gateway, reference, single_use, amount, currency,
       state, code, created_at, closed_at)
    select id, i, environment, 1, 'page', 'stripe', 'filler' || i || id, true, 1500, 'USD', 'declined',
      'card_declined', now() - interval '20 minutes', now() - interval '20 minutes'
    from onboardings, generate_series(1, 150) i where billing_customer_id = ${bc}`
  const settings = { declines_per_organization: 150, decline_window_seconds: 1_800, declines_per_address: 1_000 }
  expect((await world.asNative('PATCH', '/v1/settings', settings)).status).toBe(200)
}

export interface Contact {
  bc: string
  page: SetupPage
  /** Submits its card from its address. */
  submit: () => Promise<Answer>
}

let addresses = 0
export async function contacts(count: number, card: string, address?: string): Promise<Contact[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { bc, page } = await world.openSetup()
      const token = await page.cardToken(card)
      addresses++
      const from = address ?? `198.18.${addresses >> 8}.${addresses & 255}`
      return { bc, page, submit: () => submitFrom(page, token, from) }
    }),
  )
}

export const submitFrom = (page: SetupPage, confirmation_token: string, address: string): Promise<Answer> =>
  world.request(`${page.url.origin}${page.url.pathname}/setup-completed${page.url.search}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
    body: JSON.stringify({ gateway: 'stripe', confirmation_token, amount: 1500, currency: 'USD' }),
  })

export const retryAfter = ({ headers }: Answer) => Number(headers.get('Retry-After'))

export const queued = () =>
  world.sql<{ billingCustomerId: string; admittedAt: Date | null }[]>`
    select billing_customer_id, admitted_at from admission_queue order by waits_since`
