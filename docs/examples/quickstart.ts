import { createBillingClient } from '@billing-onboarding/client'

const { API_URL = 'http://127.0.0.1:8080', API_KEY = '' } = process.env
const billing = createBillingClient({ baseUrl: API_URL, apiKey: API_KEY })

const profile = { external_id: `usr_${Date.now()}`, name: 'Ada Example', email: 'ada@example.com' }
const customer = await billing.post('/v1/customers', { body: profile })
const opened = await billing.post('/v1/billing_customers', { body: { customer_id: customer.id } })
console.log(`Open this as the customer: ${opened.setup_url}`)

let shown = ''
const active = await billing.waitForActive(opened.id, {
  onPoll({ status, onboarding }) {
    const steps = `${status}: ${onboarding.steps.map(({ name, state }) => `${name} ${state}`).join(', ')}`
    if (steps !== shown) console.log((shown = steps))
  },
})

const query = { billing_customer_id: active.id }
for await (const { amount, currency, status } of billing.list('/v1/charges', { params: { query } }))
  console.log(`Charge of ${amount} ${currency}: ${status}`)
