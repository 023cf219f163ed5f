import { randomUUID } from 'node:crypto'
import type { PayPalSimulator } from '../../../tools/simulators/paypal/server.ts'
import { ask, type Answer } from '../answer.ts'
import type { Callers } from './callers.ts'
import type { Parts } from './parts.ts'
import { controlsOf } from './simulator.ts'

/** Returns a test's actions on the world's PayPal, and reads of its data. */
export function payPalOf({ sql, seeds, paypal }: Parts, { asNative }: Callers) {
  const url = paypal?.url ?? 'no PayPal in this world'
  const { simulate, hold, applied, fault, clearFaults, allDelivered } = controlsOf(url)

  /** Calls PayPal as another client would: its dashboard or another program. */
  async function atPayPal(method: string, path: string, body?: object): Promise<Answer> {
    const headers = {
      Authorization: `Bearer ${await accessToken(url)}`,
      'Content-Type': 'application/json',
      'PayPal-Request-Id': `dashboard-${randomUUID()}`,
    }
    return ask(`${url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  }

  return {
    simulatePayPal: simulate,
    holdAtPayPal: hold,
    appliedAtPayPal: applied,
    allDeliveredByPayPal: allDelivered,
    payPalFault: fault,
    clearPayPalFaults: clearFaults,
    atPayPal,

    /** Saves a wallet with a customer of this organization, for callers to use. `email` is the payer. */
    async payPalWallet(email?: string): Promise<string> {
      const { body: customer } = await asNative('POST', '/v1/customers', {})
      await sql`
        insert into gateway_customers (environment, organization_id, customer_id, gateway, i, gateway_customer_id)
        values ('sandbox', ${seeds.org_id}, ${customer.id}, 'paypal', 1, ${customer.id})`
      const setup = await atPayPal('POST', '/v3/vault/setup-tokens', {
        payment_source: { paypal: {} },
        customer: { merchant_customer_id: customer.id },
      })
      const { id } = setup.body
      await simulate('approve', { setup_token: id, outcome: 'approve', email })
      const source = { token: { id, type: 'SETUP_TOKEN' } }
      return (await atPayPal('POST', '/v3/vault/payment-tokens', { payment_source: source })).body.id
    },

    /** Returns the charges at PayPal for this billing customer. */
    async payPalCharges(bc: string): Promise<Answer['body'][]> {
      const rows = await sql<{ id: string }[]>`select id from onboardings where billing_customer_id = ${bc}`
      const { body } = await simulate('ledger')
      return body.charges.filter(({ metadata }: Answer['body']) => rows.some(({ id }) => id === metadata.onboarding_id))
    },
  }
}

async function accessToken(url: string): Promise<string> {
  const { body } = await ask(`${url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from('client:secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return body.access_token
}

/** Throws if a request or response of PayPal violates its documents. Does nothing without the documents. */
export async function refuseViolations(paypal: PayPalSimulator | undefined): Promise<void> {
  if (!paypal) return
  const { body } = await controlsOf(paypal.url).simulate('requests')
  const wrong = (body.requests as { path: string; violations: string[] }[]).flatMap(({ path, violations }) =>
    violations.map((violation) => `${path}: ${violation}`),
  )
  const events = body.events as { type: string; violations: string[] }[]
  for (const { type, violations } of events) wrong.push(...violations.map((violation) => `event ${type}: ${violation}`))
  if (wrong.length > 0) throw new Error(`PayPal would not have it:\n${wrong.join('\n')}`)
}
