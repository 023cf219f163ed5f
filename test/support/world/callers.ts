import { randomUUID } from 'node:crypto'
import { ask, untilAnswered, untilServed, type Answer } from '../answer.ts'
import { SetupPage } from './setup-page.ts'
import type { WorldOptions } from './options.ts'
import type { Parts } from './parts.ts'

export type Callers = ReturnType<typeof callersOf>

/** Returns functions that call the world's API, and the initial data of callers and customers. */
export function callersOf({ seeds, secrets, simulator, paypal }: Parts, apiUrl: string, { asksOnce }: WorldOptions) {
  const request = (path: string, init?: RequestInit) => ask(path.startsWith('http') ? path : `${apiUrl}${path}`, init)

  const served = (call: () => Promise<Answer>) => (asksOnce ? call() : untilServed(call))

  /** Calls the edge door with this world's key, organization and brand, which `body` can override. */
  function edge(action: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    const { secret_key: api_key, org_id, brand_id } = seeds
    const init = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ api_key, org_id, brand_id, ...body }),
    }
    return served(() => request(`/public/edge/${action}`, init))
  }

  /** Calls the native API with this world's key. */
  function asNative(method: string, path: string, body?: object, key = seeds.secret_key): Promise<Answer> {
    const headers = { Authorization: `Bearer ${key}`, ...(body ? { 'Content-Type': 'application/json' } : {}) }
    return served(() => request(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }))
  }

  /** Returns a contact id that is personal data, as callers' ids often are. */
  function newContact(): string {
    const contact = `${randomUUID()}@example.com`
    secrets.add(contact)
    return contact
  }

  function pageOf(setupUrl: string): SetupPage {
    const page = new SetupPage(setupUrl, { stripe: simulator.url, paypal: paypal?.url })
    if (page.token.length === 43) secrets.add(page.token)
    return page
  }

  /** Creates the setup link of a contact through `buildCustomerProfileSetup`. */
  async function openSetup(
    contact = newContact(),
    extra: object = { bi_id: seeds.item_id },
  ): Promise<{ contact: string; bc: string; page: SetupPage }> {
    const { status, body } = await untilAnswered(() =>
      edge('buildCustomerProfileSetup', { contact_id: contact, ...extra }),
    )
    if (status !== 200) throw new Error(`buildCustomerProfileSetup answered ${status}: ${JSON.stringify(body)}`)
    return { contact, bc: body.data.billing_customer_id, page: pageOf(body.data.setup_url) }
  }

  return { request, edge, asNative, newContact, pageOf, openSetup }
}
