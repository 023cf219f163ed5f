import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveStack } from './stack.ts'

/** A customer with an onboarding. */
export interface Customer {
  /** The id of the billing customer. */
  id: string
  /** Enters a card on the page. */
  pay(): Promise<void>
}

const json = { 'Content-Type': 'application/json' }

/** Repeats a call for half a minute that returns 503: each can be repeated. */
async function post<Answer>(url: string, init: RequestInit, triesLeft = 30): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', ...init })
  if (response.status === 503 && triesLeft > 0) {
    await sleep(1_000)
    return post(url, init, triesLeft - 1)
  }
  if (!response.ok) throw new Error(`${new URL(url).pathname} returned ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

/** Opens onboardings as a caller of the edge door does, 16 at a time. */
export async function openCustomers(stack: LiveStack, count: number): Promise<Customer[]> {
  const customers: Customer[] = []
  let begun = 0
  const openSome = async () => {
    while (begun++ < count) customers.push(await open(stack))
  }
  await Promise.all(Array.from({ length: 16 }, openSome))
  return customers
}

async function open({ apiUrl, seeds, stripe }: LiveStack): Promise<Customer> {
  const body = JSON.stringify({
    api_key: seeds.secret_key,
    org_id: seeds.org_id,
    brand_id: seeds.brand_id,
    contact_id: randomUUID(),
    bi_id: seeds.item_id,
  })
  const { data } = await post<{ data: { billing_customer_id: string; setup_url: string } }>(
    `${apiUrl}/public/edge/buildCustomerProfileSetup`,
    { headers: json, body },
  )
  const link = new URL(data.setup_url)
  return {
    id: data.billing_customer_id,
    async pay() {
      const { id } = await post<{ id: string }>(`${stripe.url}/v1/confirmation_tokens`, {
        headers: { Authorization: `Bearer ${stripe.publishableKey}` },
        body: new URLSearchParams({
          'payment_method_data[type]': 'card',
          'payment_method_data[card][number]': '4242424242424242',
        }),
      })
      const submitted = { gateway: 'stripe', confirmation_token: id, amount: 1500, currency: 'USD' }
      await post(`${link.origin}${link.pathname}/setup-completed${link.search}`, {
        headers: json,
        body: JSON.stringify(submitted),
      })
    },
  }
}
