import { describe, expect, test } from 'vitest'
import {
  atStripe,
  confirmWith,
  eachWithStripe,
  gateway,
  newIntent,
  simulate,
} from '../support/gateways/stripe-gateway.ts'

eachWithStripe()

const unusable = expect.objectContaining({ kind: 'method_unusable' })
const attached = async (customerId: string) =>
  (await atStripe('POST', '/v1/payment_methods/pm_card_visa/attach', { customer: customerId })).body.id as string
const detach = (id: string) => atStripe('POST', `/v1/payment_methods/${id}/detach`)
const fault = (path: string, kind: string) => simulate('faults', { match: { method: 'POST', path }, fault: kind })

describe('a detach', () => {
  test('of a method that is not attached is rejected without code and param, and succeeds', async () => {
    const { customerId } = await newIntent()
    const id = await attached(customerId)
    await detach(id)
    const { status, body } = await detach(id)
    expect([status, body]).toEqual([
      400,
      {
        error: {
          type: 'invalid_request_error',
          message: 'The payment method you provided is not attached to a customer so detachment is impossible.',
        },
      },
    ])
    await gateway.detachMethod(id, 'again')
  })

  test('of a deleted customer’s method, or of one that does not exist, succeeds', async () => {
    const { customerId } = await newIntent()
    const id = await attached(customerId)
    await atStripe('DELETE', `/v1/customers/${customerId}`)
    await gateway.detachMethod(id, 'k1')
    await gateway.detachMethod('pm_none', 'k2')
  })

  test('that was executed before it failed succeeds with the same key; one that was not executed fails', async () => {
    const { customerId } = await newIntent()
    const [done, open] = [await attached(customerId), await attached(customerId)]
    await fault(`/v1/payment_methods/${done}/detach`, 'error_after')
    await expect(gateway.detachMethod(done, 'k1')).rejects.toMatchObject({ kind: 'unknown' })
    await gateway.detachMethod(done, 'k1')
    await fault(`/v1/payment_methods/${open}/detach`, 'unauthorized')
    await expect(gateway.detachMethod(open, 'k2')).rejects.toMatchObject({ kind: 'refused' })
  })
})

describe.each(['payment', 'setup'] as const)('a confirm of a %s', (kind) => {
  test('with a detached method is rejected without code and param: the method is unusable', async () => {
    const intent = await newIntent(kind)
    const id = await attached(intent.customerId)
    await detach(id)
    const path = `/v1/${kind}_intents/${intent.object.id}/confirm`
    const { status, body } = await atStripe('POST', path, { payment_method: id, return_url: 'https://shop.example' })
    expect([status, Object.keys(body.error).sort()]).toEqual([400, ['message', 'type']])
    expect(body.error.message).toContain('It may not be used again')
    await expect(confirmWith(intent, id)).rejects.toEqual(unusable)
    expect(await gateway.read(intent.object)).toMatchObject({ state: 'untouched' })
  })

  test('with a method of another customer, or of a deleted one, is unusable', async () => {
    const intent = await newIntent(kind)
    const { body: other } = await atStripe('POST', '/v1/customers')
    const id = await attached(other.id)
    await expect(confirmWith(intent, id, { key: 'k1' })).rejects.toEqual(unusable)
    await atStripe('DELETE', `/v1/customers/${other.id}`)
    await expect(confirmWith(intent, id, { key: 'k2' })).rejects.toEqual(unusable)
    await expect(confirmWith(intent, 'pm_none', { key: 'k3' })).rejects.toEqual(unusable)
  })

  test.each(['payment_method', 'confirmation_token'])('with a %s of another type is unusable', async (param) => {
    const intent = await newIntent(kind)
    const singleUse = param === 'confirmation_token'
    const { body } = singleUse
      ? await atStripe('POST', '/v1/confirmation_tokens', { 'payment_method_data[type]': 'link' })
      : await simulate('payment_methods', { type: 'link', customer: intent.customerId })
    await expect(confirmWith(intent, body.id, { singleUse })).rejects.toEqual(unusable)
    expect(await gateway.read(intent.object)).toMatchObject({ state: 'untouched' })
  })

  test('that is rejected because of our parameters needs an operator', async () => {
    const intent = await newIntent(kind)
    const id = await attached(intent.customerId)
    await fault(`/v1/${kind}_intents/*/confirm`, 'unauthorized')
    await expect(confirmWith(intent, id)).rejects.toMatchObject({ kind: 'refused' })
  })

  test('after the intent was canceled must be read', async () => {
    const intent = await newIntent(kind)
    expect(await gateway.close(intent.object, 'c', false)).toMatchObject({ state: 'dead' })
    await expect(confirmWith(intent, 'pm_card_visa')).rejects.toMatchObject({ kind: 'unexpected_state' })
    expect(await gateway.close(intent.object, 'c/2', false)).toMatchObject({ state: 'dead' })
  })
})

test('a method that was declined without being attached is unusable the second time', async () => {
  const intent = await newIntent()
  const { body: method } = await simulate('payment_methods', { card: 'pm_card_chargeCustomerFail' })
  expect(await confirmWith(intent, method.id, { key: 'k1' })).toMatchObject({ state: 'declined' })
  await expect(confirmWith(intent, method.id, { key: 'k2' })).rejects.toEqual(unusable)
  expect(await gateway.read(intent.object)).toMatchObject({ state: 'declined', code: 'declined' })
})

test('a method that was detached cannot be attached again', async () => {
  const { customerId } = await newIntent()
  const id = await attached(customerId)
  await detach(id)
  const { status, body } = await atStripe('POST', `/v1/payment_methods/${id}/attach`, { customer: customerId })
  expect([status, Object.keys(body.error).sort()]).toEqual([400, ['message', 'type']])
})

test('a missing object in a parameter is 400, one in the path is 404', async () => {
  const found = async (method: string, path: string, form?: Record<string, string>) => {
    const { status, body } = await atStripe(method, path, form)
    return [status, body.error.code, body.error.param]
  }
  const intent = await newIntent()
  const common = { amount: '1500', currency: 'usd', customer: 'cus_none' }
  expect(await found('POST', '/v1/payment_intents', common)).toEqual([400, 'resource_missing', 'customer'])
  const confirm = { payment_method: 'pm_none', return_url: 'https://shop.example' }
  const path = `/v1/payment_intents/${intent.object.id}/confirm`
  expect(await found('POST', path, confirm)).toEqual([400, 'resource_missing', 'payment_method'])
  expect(await found('POST', '/v1/refunds', { payment_intent: 'pi_none' })).toEqual([
    400,
    'resource_missing',
    'payment_intent',
  ])
  expect(await found('GET', '/v1/customers/cus_none')).toEqual([404, 'resource_missing', 'id'])
  expect(await found('POST', '/v1/payment_intents/pi_none/confirm', confirm)).toEqual([
    404,
    'resource_missing',
    'intent',
  ])
})

test('a rejection that Stripe repeats for its key is a stored failure: another key is needed', async () => {
  const intent = await newIntent('payment')
  const id = await attached(intent.customerId)
  await simulate('settings', { charges_enabled: false })
  await expect(confirmWith(intent, id, { key: 'k1' })).rejects.toMatchObject({ kind: 'refused' })
  await simulate('settings', { charges_enabled: true })
  await expect(confirmWith(intent, id, { key: 'k1' })).rejects.toMatchObject({ kind: 'stored_failure' })
  expect(await confirmWith(intent, id, { key: 'k2' })).toMatchObject({ state: 'paid' })
})
