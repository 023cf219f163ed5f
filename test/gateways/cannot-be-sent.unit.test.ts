import { request } from 'node:http'
import axios from 'axios'
import { expect, test } from 'vitest'
import { toGatewayError as ofPayPal } from '../../gateways/paypal/errors.ts'
import { openPayPal } from '../../gateways/paypal/client.ts'
import { openClient } from '../../gateways/stripe/client.ts'
import { toGatewayError as ofStripe } from '../../gateways/stripe/errors.ts'

const wrong = 'key\nof-somebody'
const refused = { kind: 'refused', vendorCode: 'cannot_be_sent' }
const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a call that cannot be sent is `refused`, which needs an operator, and not an outage', async () => {
  const stripe = openClient({ secretKey: `sk_test_${wrong}`, webhookSecrets: [], returnUrl: '', timeout: 1_000 })
  expect(ofStripe(await thrownBy(() => stripe.customers.retrieve('cus_1')))).toMatchObject(refused)

  const headers = { Authorization: wrong }
  expect(ofPayPal(await thrownBy(() => request({ host: '127.0.0.1', headers })))).toMatchObject(refused)
  // axios wraps Node's error.
  const wrapped = new axios.AxiosError('Invalid character', 'ERR', undefined, undefined, undefined)
  wrapped.cause = Object.assign(new TypeError('Invalid character'), { code: 'ERR_INVALID_CHAR' })
  expect(ofPayPal(wrapped)).toMatchObject(refused)
  // Connection refused: an outage.
  expect(ofPayPal(await thrownBy(() => axios.get('http://127.0.0.1:1')))).toMatchObject({ kind: 'unknown' })
})

test('a token of PayPal that cannot be sent is `refused`, too', async () => {
  const paypal = openPayPal({
    clientId: 'id',
    clientSecret: 'secret',
    live: false,
    apiUrl: 'http://127.0.0.1:1',
    timeout: 500,
  })
  const error = await thrownBy(() =>
    paypal.call(() => Promise.reject(Object.assign(new TypeError('Invalid character'), { code: 'ERR_INVALID_CHAR' }))),
  )
  expect(error).toMatchObject(refused)
})
