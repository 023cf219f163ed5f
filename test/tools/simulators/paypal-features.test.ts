import { beforeEach, expect, test } from 'vitest'
import { ask, saying } from '../../support/answer.ts'
import { control, eachWithPayPal, simulator } from '../../support/gateways/paypal-simulator.ts'

eachWithPayPal()

const newToken = async () => {
  const { body } = await ask(`${simulator.url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from('id:secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return body as { access_token: string; scope: string }
}
const calls = {
  vaulting: ['/v3/vault/setup-tokens', { payment_source: { paypal: {} } }],
  disputes: ['/v1/customer/disputes', undefined],
  transaction_search: [
    '/v1/reporting/transactions?start_date=2026-01-01T00:00:00Z&end_date=2026-01-02T00:00:00Z',
    undefined,
  ],
} as const

let token: string
beforeEach(async () => {
  token = (await newToken()).access_token
})
const callFor = async (feature: keyof typeof calls) => {
  const [path, body] = calls[feature]
  const { headers, ...rest } = saying(body)
  const more = { Authorization: `Bearer ${token}`, 'PayPal-Request-Id': 'a' }
  return ask(`${simulator.url}${path}`, { ...rest, headers: { ...headers, ...more } })
}

test.each(Object.keys(calls) as (keyof typeof calls)[])('%s is rejected until the app has it', async (feature) => {
  await control('settings', { features: Object.keys(calls).filter((each) => each !== feature) })
  expect(await callFor(feature)).toMatchObject({
    status: 403,
    body: { name: 'NOT_AUTHORIZED', details: [{ issue: 'PERMISSION_DENIED' }] },
  })
  const made = await newToken()
  expect(made.scope).toContain('https://uri.paypal.com/services/payments/payment')
  token = made.access_token
  await control('settings', { features: Object.keys(calls) })
  // The token was created before.
  expect((await callFor(feature)).status).toBe(403)
  token = (await newToken()).access_token
  expect((await callFor(feature)).status).toBeLessThan(300)
})
