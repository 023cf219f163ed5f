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
import { charges, control, hold, requests, violations } from '../support/gateways/paypal-simulator.ts'

eachWithGateway()

describe('listing paid orders', () => {
  const hour = 3_600_000
  const list = (hours = 1) => gateway.listPaid(new Date(Date.now() - hours * hour))

  test('lists our orders, including partially refunded ones, but not unpaid ones', async () => {
    const vaultId = await saved()
    const orders = [await newOrder(), await newOrder(2), await newOrder(3)]
    for (const [i, order] of orders.slice(0, 2).entries()) await pay(order, vaultId, `k${i}`)
    await gateway.refund(orders[1]!, { amount: 500, currency: 'USD', metadata, refundId: null }, 'r')
    expect((await list()).sort()).toEqual([orders[0]!.id, orders[1]!.id].sort())
    expect((await requests()).flatMap(({ violations }) => violations)).toEqual([])
  })

  test('an order that PayPal reports three hours late is listed in the last hour', async () => {
    await control('settings', { reported_after: 2 * 3600 })
    const [vaultId, order] = [await saved(), await newOrder()]
    await pay(order, vaultId)
    expect(await list()).toEqual([])
    await control('clock', { advance_seconds: 2 * 3600 + 1 })
    expect(await list()).toEqual([order.id])
  })

  test('fully refunded orders are not listed, and at most 31 days can be searched', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await pay(order, vaultId)
    await gateway.refund(order, { amount: 1500, currency: 'USD', metadata, refundId: null }, 'r')
    expect(await list()).toEqual([])
    await expect(list(31 * 24 - 4)).resolves.toEqual([])
    await expect(list(31 * 24)).rejects.toEqual(failure('refused', 'INVALID_DATE_RANGE'))
    expect(await violations()).toEqual([])
  })

  test('an app without the permission is `refused`', async () => {
    const match = { method: 'GET', path: '/v1/reporting/transactions' }
    await control('faults', { match, times: 2, fault: 'decline', code: 'PERMISSION_DENIED' })
    await expect(list()).rejects.toEqual(failure('refused', 'PERMISSION_DENIED'))
  })
})

test('a dispute is read at PayPal; one of another capture is ignored', async () => {
  const [vaultId, order] = [await saved(), await newOrder()]
  await pay(order, vaultId)
  const other = await gateway.payInOneStep(
    { amount: 1500, currency: 'USD', metadata, methodId: vaultId, payerPresent: true },
    'k2',
  )
  await control('disputes', { charge: other.reading.trace.split('|')[0] })
  expect(await gateway.isDisputed(order)).toBe(false)
  expect(await gateway.isDisputed({ kind: 'payment', id: other.id! })).toBe(true)
  expect(await violations()).toEqual([])
})

describe('closing', () => {
  test('a late capture fails after its method was removed', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    const capture = await hold(capturePath)
    const late = pay(order, vaultId).catch((error: unknown) => error)
    await capture.reached()
    for (const id of [vaultId, 'gone-already']) await gateway.detachMethod(id, 'd')
    expect(await gateway.close(order, 'c', false)).toEqual({ state: 'dead', trace: '' })
    await capture.release()
    expect(await late).toEqual(failure('method_unusable', 'TOKEN_ID_NOT_FOUND'))
    expect(await charges()).toEqual([])
  })

  test('is undecided while a call may be in flight; no method is removed', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    expect(await gateway.close(order, 'c', true)).toEqual({ state: 'processing', trace: '' })
    expect(await gateway.readMethod(vaultId)).toMatchObject({ id: vaultId })
    await pay(order, vaultId)
    expect(await gateway.close(order, 'c', true)).toMatchObject({ state: 'paid' })
  })
})

describe('refunds', () => {
  const refund = (order: { kind: 'payment'; id: string }, amount: number, key: string, refundId = `rfd_${key}`) =>
    gateway.refund(order, { amount, currency: 'USD', metadata, refundId }, key)

  test('in part, a repeat of the key, the rest, and no more', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await expect(refund(order, 500, 'r0')).rejects.toEqual(failure('unexpected_state'))
    const paid = await pay(order, vaultId)
    expect(await gateway.readRefunds(order)).toEqual([])
    const first = await refund(order, 500, 'r1')
    expect(first).toMatchObject({ state: 'succeeded', amount: 500, refundId: 'rfd_r1' })
    expect(await refund(order, 500, 'r1')).toEqual(first)
    expect(await gateway.readRefunds(order)).toEqual([first])
    expect(await gateway.read(order)).toMatchObject({ state: 'paid', amount: 1500 })
    await expect(refund(order, 1500, 'r2')).rejects.toEqual(failure('unexpected_state', 'REFUND_AMOUNT_EXCEEDED'))
    const second = await refund(order, 1000, 'r3')
    expect(await gateway.readRefunds(order)).toEqual([first, second])
    expect(await gateway.isDisputed(order)).toBe(false)
    expect(await gateway.read(order)).toMatchObject({ state: 'paid', amount: 1500, currency: 'USD' })
    expect(paid.trace).not.toBe('')
    await expect(refund(order, 1, 'r4')).rejects.toEqual(failure('unexpected_state', 'CAPTURE_FULLY_REFUNDED'))
    expect((await requests()).flatMap(({ violations }) => violations)).toEqual([])
  })
})
