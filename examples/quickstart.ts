import createClient from 'openapi-fetch'
import type { paths } from './api-types.ts'

// From nothing to a setup link, and the progress as the customer goes on. `npm run quickstart:types` makes api-types.ts.
const { API_URL = 'http://127.0.0.1:8080', API_KEY = '', BRAND_ID = '', ORG_ID = '' } = process.env
const api = createClient<paths>({ baseUrl: API_URL, headers: { Authorization: `Bearer ${API_KEY}` } })

const customer = await api.POST('/v1/customers', {
  body: { external_id: `usr_${Date.now()}`, name: 'Ada Example', email: 'ada@example.com' },
})
if (!customer.data) throw new Error(customer.error.detail)
const opened = await api.POST('/public/edge/buildCustomerProfileSetup', {
  body: { api_key: API_KEY, org_id: ORG_ID, brand_id: BRAND_ID, contact_id: customer.data.id },
})
if (!opened.data) throw new Error(opened.error.errors.join(', '))
console.log(`Open this as the customer: ${opened.data.data.setup_url}`)

const params = { path: { id: opened.data.data.billing_customer_id } }
for (let status = 'pending', shown = ''; status === 'pending';) {
  const { data, error, response } = await api.GET('/v1/billing_customers/{id}', { params })
  // 503 is worth another try; anything else that is no answer is not.
  if (!data && response.status !== 503) throw new Error(error.detail)
  status = data ? (data.onboarding?.status ?? 'completed') : status
  const line = data?.onboarding?.steps.map(({ name, state }) => `${name} ${state}`).join(', ') ?? shown
  if (line !== shown) console.log((shown = line))
  if (status === 'pending') await new Promise((resolve) => setTimeout(resolve, 500))
  else console.log(`${data?.id} is ${data?.status}`)
}
