import { describe, expect, test } from 'vitest'
import {
  approved,
  connectAs,
  eachWithGateway,
  failure,
  gateway,
  metadata,
  newOrder,
  saved,
  session,
} from '../support/gateways/paypal-gateway.ts'
import { ledger, control, fault, requests } from '../support/gateways/paypal-simulator.ts'

eachWithGateway()

describe('approving', () => {
  test('the same payer approves twice: two methods, also after the first one is deleted', async () => {
    const [one, two] = [await saved(), await saved()]
    expect(two).not.toBe(one)
    await gateway.detachMethod(one, 'd')
    expect(await gateway.readMethod(two)).toMatchObject({ id: two, attached: true })
  })

  test.each(['株式会社ノースウィンド', 'نورث ويند', `<b>"O'Neil" * Co</b>`, '👩‍👧'.repeat(85)])(
    'a brand called %s does not make PayPal reject the approval',
    async (brandName) => {
      const { token } = await gateway.openSession({ ...session, brandName }, `named ${brandName.length}`)
      expect(await gateway.readSession(token)).toBe('waiting')
    },
  )

  test('a session is approved and exchanged for one method', async () => {
    const { token, approveUrl } = await gateway.openSession(session, 's1')
    expect(approveUrl).toMatch(/\/agreements\/approve\?/)
    expect(await gateway.readSession(token)).toBe('waiting')
    await expect(gateway.exchange(token, 'm0')).rejects.toEqual(failure('method_unusable', 'TOKEN_NOT_APPROVED'))
    expect(await gateway.readToken(token)).toEqual({ usedBy: null, expired: false })
    await control('approve', { setup_token: token, outcome: 'approve', email: 'buyer@personal.example.com' })
    expect(await gateway.readSession(token)).toBe('approved')
    const { id } = await gateway.exchange(token, 'm1')
    expect(await gateway.exchange(token, 'm1')).toEqual({ id })
    expect(await gateway.readSession(token)).toBe('used')
    expect(await gateway.readToken(token)).toEqual({ usedBy: null, expired: true })
    await expect(gateway.exchange(token, 'm2')).rejects.toEqual(failure('method_unusable', 'TOKEN_ALREADY_USED'))
    expect(await gateway.readMethod(id)).toEqual({
      id,
      attached: true,
      customer: { id: 'cus_1', organizationId: null, environment: null },
      label: 'buyer@personal.example.com',
      details: { type: 'paypal', payerId: expect.stringMatching(/^[A-Z0-9]{13}$/) },
    })
    await gateway.detachMethod(id, 'd')
    await gateway.detachMethod(id, 'd')
    await expect(gateway.readMethod(id)).rejects.toEqual(failure('method_unusable'))
    await expect(gateway.readMethod('../..')).rejects.toEqual(failure('method_unusable', 'no_id'))
  })

  test.each([
    ['decline', 'NOBODY_KNOWS_THIS', 'method_unusable'],
    ['decline', 'PERMISSION_DENIED', 'refused'],
    ['error_before', 'INTERNAL_SERVER_ERROR', 'unknown'],
  ])('an exchange that fails with %s %s is %s', async (kind, code, expected) => {
    const token = await approved()
    await fault('/v3/vault/payment-tokens', kind, { code })
    await expect(gateway.exchange(token, 'm')).rejects.toEqual(failure(expected, code))
  })

  test('an unknown session is `gone`', async () => {
    const token = await approved()
    await control('clock', { advance_seconds: 3 * 3600 })
    expect(await gateway.readSession(token)).toBe('gone')
    await expect(gateway.exchange(token, 'm')).rejects.toEqual(failure('method_unusable'))
  })

  test('PayPal has no customers: our ids are used', async () => {
    expect(await gateway.createCustomer(metadata, 'c')).toBe('cus_1')
    await expect(gateway.readCustomer('cus_1')).rejects.toEqual(failure('not_found'))
    expect(await requests()).toEqual([])
  })
})

describe('saving only', () => {
  const handle = (id: string) => ({ kind: 'setup' as const, id, metadata })

  test('the submission is the object', async () => {
    const token = await approved('ann@example.com')
    const input = {
      kind: 'setup' as const,
      customerId: 'cus_1',
      amount: 0,
      currency: 'USD',
      metadata,
      reference: token,
    }
    expect(await gateway.createObject(input, 'o')).toBe(token)
    expect(await gateway.read(handle(token))).toEqual({ state: 'untouched', trace: '' })
    await fault('/v3/vault/payment-tokens', 'lose_answer')
    const payment = { reference: { id: token, singleUse: true }, offSession: false, amount: 0, currency: 'USD' }
    await expect(gateway.confirm(handle(token), payment, 'k')).rejects.toEqual(failure('unknown'))
    const reading = await gateway.read(handle(token))
    expect(reading).toMatchObject({ state: 'paid', amount: 0, currency: '', method: { label: 'ann@example.com' } })
    expect(await gateway.confirm(handle(token), payment, 'k')).toEqual(reading)
    expect(await gateway.close(handle(token), 'c', false)).toEqual(reading)
  })

  test('closing only reads it: nothing is exchanged or removed', async () => {
    const token = await approved()
    expect(await gateway.close(handle(token), 'c', true)).toEqual({ state: 'processing', trace: '' })
    expect(await gateway.close(handle(token), 'c', false)).toEqual({ state: 'dead', trace: '' })
    expect(await gateway.readSession(token)).toBe('approved')
    expect((await ledger()).payment_methods).toEqual([])
    const late = await approved()
    await control('clock', { advance_seconds: 3 * 3600 })
    expect(await gateway.read(handle(late))).toEqual({ state: 'dead', trace: '' })
    expect(await gateway.close(handle(late), 'c2', false)).toEqual({ state: 'dead', trace: '' })
  })
})

describe('access', () => {
  test('a rejected access token is replaced once', async () => {
    const order = await newOrder()
    await control('clock', { revoke_tokens: true })
    expect(await gateway.read(order)).toMatchObject({ state: 'untouched' })
    const before = (await requests()).length
    await fault('/v2/checkout/orders', 'unauthorized', { times: 2 })
    await expect(newOrder(2)).rejects.toEqual(failure('refused', 'AUTHENTICATION_FAILURE'))
    expect((await requests()).slice(before).map(({ path }) => path)).toEqual([
      '/v2/checkout/orders',
      '/v1/oauth2/token',
      '/v2/checkout/orders',
    ])
    expect(await newOrder(2)).toHaveProperty('id')
  })

  test.each(['error_before', 'lose_answer', 'reset'])(
    'a failed request for an access token is repeated: %s',
    async (kind) => {
      await fault('/v1/oauth2/token', kind)
      await expect(newOrder()).rejects.toEqual(failure('unknown'))
      expect(await newOrder()).toHaveProperty('id')
    },
  )

  test('wrong client credentials are rejected', async () => {
    connectAs('bad')
    await expect(newOrder()).rejects.toEqual(failure('refused'))
  })
})
