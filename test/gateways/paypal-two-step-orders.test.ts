import { describe, expect, test } from 'vitest'
import {
  capturePath,
  eachWithGateway,
  failure,
  gateway,
  metadata,
  newOrder,
  pay,
  saved,
} from '../support/gateways/paypal-gateway.ts'
import { charges, control, fault, requests } from '../support/gateways/paypal-simulator.ts'

// Orders that are created, and then captured with a saved wallet.

eachWithGateway()

describe('paying', () => {
  test('in two steps: the order has our ids and is read as paid', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    expect(await gateway.read(order)).toEqual({ state: 'untouched', trace: '' })
    const paid = await pay(order, vaultId)
    const details = { type: 'paypal', payerId: expect.stringMatching(/^[A-Z0-9]{13}$/) }
    const method = { id: vaultId, label: 'buyer@personal.example.com', details }
    expect(paid).toMatchObject({ state: 'paid', amount: 1500, currency: 'USD', method })
    // PayPal does not return the payment token.
    expect(await gateway.read(order)).toEqual({ ...paid, method: { ...method, id: '' } })
    const { onboarding_id, organization_id, billing_customer_id, environment } = metadata
    expect(await charges()).toMatchObject([
      { amount: 1500, metadata: { onboarding_id, organization_id, billing_customer_id, environment } },
    ])
    expect(await gateway.clientAction(order)).toBeNull()
    expect((await requests()).flatMap(({ violations }) => violations)).toEqual([])
  })

  test.each([
    ['HUF', 550000],
    ['JPY', 2200],
    ['TWD', 48000],
    ['EUR', 5],
  ])('%s in the decimals of PayPal', async (currency, amount) => {
    const [vaultId, order] = [await saved(), await newOrder(1, amount, currency)]
    expect(await pay(order, vaultId)).toMatchObject({ state: 'paid', amount, currency })
  })

  test('a repeat with the same key moves no money; another key finds the order captured', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    const paid = await pay(order, vaultId)
    expect(await pay(order, vaultId)).toEqual(paid)
    await expect(pay(order, vaultId, 'k2')).rejects.toEqual(failure('unexpected_state', 'ORDER_ALREADY_CAPTURED'))
    expect(await newOrder()).toEqual(order)
    await expect(newOrder(1, 1600)).rejects.toEqual(failure('key_reused'))
    expect(await charges()).toHaveLength(1)
  })

  test('declined, then paid with another method on a new order', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await fault(capturePath, 'decline')
    const declined = { state: 'declined', trace: 'INSTRUMENT_DECLINED', code: 'paypal_declined' }
    expect(await pay(order, vaultId)).toEqual(declined)
    expect(await pay(order, vaultId)).toEqual(declined)
    expect(await gateway.read(order)).toMatchObject({ state: 'untouched' })
    expect(await gateway.close(order, 'c', false)).toMatchObject({ state: 'dead' })
    expect(await pay(await newOrder(2), await saved(), 'onb_1/confirm/2/2/1')).toMatchObject({ state: 'paid' })
    expect(await charges()).toHaveLength(1)
  })

  test('a declined capture exhausts its order', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await control('settings', { capture_status: 'DECLINED' })
    const reading = await pay(order, vaultId)
    expect(reading).toMatchObject({ state: 'declined', code: 'paypal_declined', exhausted: true })
    expect(await gateway.read(order)).toEqual(reading)
    expect(await gateway.close(order, 'c', true)).toMatchObject({ state: 'dead' })
  })

  test.each(['COMPLETED', 'DECLINED'])('pending, then %s', async (status) => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await control('settings', { capture_status: 'PENDING' })
    const pending = await pay(order, vaultId)
    expect(pending).toMatchObject({ state: 'processing' })
    expect(await gateway.close(order, 'c', false)).toEqual(pending)
    await control(`captures/${pending.trace.split('|')[0]}`, { status })
    const ended = await gateway.read(order)
    expect(ended.state).toBe(status === 'COMPLETED' ? 'paid' : 'declined')
    expect(ended.trace).not.toBe(pending.trace)
  })

  test.each([
    ['lose_answer', 'paid'],
    ['lose_request', 'untouched'],
    ['reset', 'untouched'],
    ['error_after', 'paid'],
    ['error_before', 'untouched'],
  ])('%s: the outcome is unknown until the order is read: %s', async (kind, state) => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await fault(capturePath, kind)
    await expect(pay(order, vaultId)).rejects.toEqual(failure('unknown'))
    expect(await gateway.read(order)).toMatchObject({ state })
    expect(await pay(order, vaultId)).toMatchObject({ state: 'paid', method: { id: vaultId } })
    expect(await charges()).toHaveLength(1)
  })

  test('an order that was not captured in time is dead', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await control('clock', { advance_seconds: 3 * 3600 })
    expect(await gateway.read(order)).toEqual({ state: 'dead', trace: '' })
    await expect(pay(order, vaultId)).rejects.toEqual(failure('unexpected_state'))
    await expect(newOrder()).rejects.toEqual(failure('stored_failure'))
  })

  test('a paid invoice is not paid again if the account forbids it', async () => {
    await control('settings', { unique_invoice_ids: true })
    const vaultId = await saved()
    await pay(await newOrder(), vaultId)
    await expect(pay(await newOrder(2), vaultId, 'k2')).rejects.toEqual(failure('unexpected_state'))
  })
})
