import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Caller } from './calls.ts'
import type { Shop } from './page.ts'

// A caller's own calls, and faults that let it act while a charge exists that we do not know of yet. That moment is too
// short to hit at random.

/** Calls the native API with the shop's key. */
export function callNative(
  { apiUrl, seeds }: Shop,
  caller: Caller,
  method: string,
  path: string,
  body?: object,
  more: Record<string, string> = {},
) {
  const headers = { Authorization: `Bearer ${seeds.secret_key}`, 'Content-Type': 'application/json', ...more }
  return caller.call(`${apiUrl}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
}

/** Creates an item for one customer, so that it can be withdrawn without affecting others. Returns its id. */
export async function makeItem(shop: Shop, caller: Caller): Promise<string> {
  const item = { name: 'Withdrawn soon', type: 'trigger', amount: 100, currency: 'USD' }
  const { status, body } = await callNative(shop, caller, 'POST', '/v1/billable_items', item)
  if (status >= 300) throw new Error(`creating an item returned ${status} ${JSON.stringify(body)}`)
  return (body as { id: string }).id
}

export interface HiddenOutcome {
  /** Resolves when the gateway has the money. */
  charged(): Promise<void>
  /** Removes the faults, so that the gateway's responses arrive again. */
  show(): Promise<void>
}

const payments = {
  stripe: { object: '/v1/payment_intents/*', pay: '/v1/payment_intents/*/confirm', times: 1 },
  // Created and paid in one call, which is retried under its key until it gets a response.
  paypal: { object: '/v2/checkout/orders/*', pay: '/v2/checkout/orders', times: 100_000 },
}

/** Hides the outcome of this onboarding's payment: the gateway charges, but its responses are lost. */
export async function hideOutcome(
  id: string,
  gateway: keyof typeof payments,
  shop: Shop,
  caller: Caller,
): Promise<HiddenOutcome> {
  const { body } = await callNative(shop, caller, 'GET', `/v1/billing_customers/${id}`)
  const about = (body as { onboarding: { id: string } }).onboarding.id
  const simulator = `${gateway === 'stripe' ? shop.stripeUrl : shop.paypalUrl}/_sim`
  const { object, pay, times } = payments[gateway]
  const paying = { match: { method: 'POST', path: pay, about }, fault: 'lose_answer', times }
  const lost = await caller.post(`${simulator}/faults`, paying)
  const match = { method: 'GET', path: object, about }
  const hidden = await caller.post(`${simulator}/faults`, { match, fault: 'error_before', times: 100_000 })
  return {
    async charged() {
      while (!caller.isOver() && !isCharged(await caller.call(`${simulator}/ledger`), about)) await sleep(200)
    },
    async show() {
      for (const { body } of [lost, hidden])
        await caller.call(`${simulator}/faults/${(body as { id: string }).id}`, { method: 'DELETE' })
    },
  }
}

const isCharged = ({ body }: Answer, onboardingId: string) =>
  (body as { charges: { metadata: { onboarding_id?: string } }[] }).charges.some(
    ({ metadata }) => metadata.onboarding_id === onboardingId,
  )
