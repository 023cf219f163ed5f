import assert from 'node:assert/strict'
import { test } from 'node:test'

const { API_URL, API_KEY } = process.env
const headers = { Authorization: `Bearer ${API_KEY}`, 'Content-Type': 'application/json' }
const post = async (path, body) =>
  (await fetch(`${API_URL}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()

test('a customer who pays becomes active', async () => {
  const { id } = await post('/billing_customers', { customer_id: `usr_${Date.now()}` })
  const { status } = await post(`/test_helpers/billing_customers/${id}/submit`, { outcome: 'pays' })
  assert.equal(status, 'active')
})
