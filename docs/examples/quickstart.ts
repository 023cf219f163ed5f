import { setTimeout as sleep } from 'node:timers/promises'
import createClient from 'openapi-fetch'
import type { paths } from './api-types.ts'

const { API_URL = 'http://127.0.0.1:8080', API_KEY } = process.env
const api = createClient<paths>({ baseUrl: API_URL, headers: { Authorization: `Bearer ${API_KEY}` } })

const profile = { external_id: `usr_${Date.now()}`, name: 'Ada Example', email: 'ada@example.com' }
const customer = await api.POST('/v1/customers', { body: profile })
if (!customer.data) throw new Error(customer.error.detail)
const opened = await api.POST('/v1/billing_customers', { body: { customer_id: customer.data.id } })
if (!opened.data) throw new Error(opened.error.detail)
console.log(`Open this as the customer: ${opened.data.setup_url}`)

let status = 'pending'
for (let shown = ''; status === 'pending'; await sleep(500)) {
  const { data, error } = await api.GET('/v1/billing_customers/{id}', { params: { path: { id: opened.data.id } } })
  if (!data) throw new Error(error.detail)
  const steps = data.onboarding.steps.map(({ name, state }) => `${name} ${state}`).join(', ')
  if (steps !== shown) console.log(`${data.status}: ${steps}`)
  ;[status, shown] = [data.onboarding.status, steps]
}
if (status !== 'completed') throw new Error(`The onboarding ended without success: ${status}`)
