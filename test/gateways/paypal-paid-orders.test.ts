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

describe('listing transactions', () => {
  const hour = 3_600_000
  const periodOf = (hours: number) => ({ from: new Date(Date.now() - hours * hour), to: new Date() })
  const list = async (hours = 1, after: string | null = null) => {
    const page = await gateway.listPage('payments', periodOf(hours), after)
    return page === 'too_many' ? page : { ...page, refreshedAt: undefined }
  }
  const payment = { kind: 'payment', ours: true, pending: false, amount: 1500, currency: 'USD', disputed: false }
  const paid = async (k: number) => {
    const order = await newOrder(k)
    await pay(order, await saved(), `k${k}`)
    const reading = await gateway.read(order)
    return { order, transactionId: (reading as Extract<typeof reading, { state: 'paid' }>).transactionId! }
  }

  test('payments, refunds in part and whole, a reversal, a hold, a chargeback; nothing unpaid or denied', async () => {
    await newOrder(9)
    const [one, two, three, four] = [await paid(1), await paid(2), await paid(3), await paid(4)]
    const part = await gateway.refund(one.order, { amount: 500, currency: 'USD', metadata, refundId: null }, 'r1')
    const whole = await gateway.refund(two.order, { amount: 1500, currency: 'USD', metadata, refundId: null }, 'r2')
    await control('reversals', { charge: three.transactionId })
    await control('disputes', { charge: one.transactionId })
    await control('disputes', { charge: four.transactionId, chargeback: true })
    await control('settings', { capture_status: 'DECLINED' })
    await pay(await newOrder(5), await saved(), 'k5')
    const { listed } = (await list()) as Exclude<Awaited<ReturnType<typeof list>>, string>
    const refund = (of: typeof one, id: string, amount: number) => ({
      ...{ kind: 'refund', transactionId: of.transactionId, id, amount, state: 'succeeded' },
    })
    const expected = [
      { ...payment, transactionId: one.transactionId, refunded: null },
      { ...payment, transactionId: two.transactionId, refunded: 1500 },
      { ...payment, transactionId: three.transactionId, refunded: 1500 },
      { ...payment, transactionId: four.transactionId, refunded: null },
      refund(one, part.id, 500),
      refund(two, whole.id, 1500),
      // The order shows a reversal only in its capture (`readRefunds`).
      refund(three, three.transactionId, 1500),
      { kind: 'dispute', transactionId: one.transactionId },
      { kind: 'dispute', transactionId: four.transactionId },
    ]
    expect(listed).toHaveLength(expected.length)
    expect(listed).toEqual(expect.arrayContaining(expected))
    expect(await gateway.readRefunds(three.order)).toMatchObject([{ id: three.transactionId, amount: 1500 }])
    expect(await gateway.objectOfTransaction(one.transactionId)).toBe(one.order.id)
    expect(await gateway.objectOfTransaction('NONE')).toBeNull()
    expect((await requests()).flatMap(({ violations }) => violations)).toEqual([])
  })

  test('pages of 500, of payments that name us and of others', async () => {
    const { transactionId: charge } = await paid(1)
    await control('copies', { charge, names: 'O', count: 600, apart: 1, named: false })
    const [first, second] = [await list(), await list(1, '1')] as Exclude<Awaited<ReturnType<typeof list>>, string>[]
    expect([first!.listed.length, first!.next, second!.listed.length, second!.next]).toEqual([500, '1', 101, null])
    const ours = [...first!.listed, ...second!.listed].filter((one) => one.kind === 'payment' && one.ours)
    expect(ours).toMatchObject([{ transactionId: charge }])
  })

  test('a pending payment, and one that is listed only after two hours', async () => {
    await control('settings', { capture_status: 'PENDING', reported_after: 2 * 3600 })
    await paid(1).catch(() => {})
    expect(await list()).toMatchObject({ listed: [] })
    await control('clock', { advance_seconds: 2 * 3600 })
    await control('settings', { reported_after: 0 })
    const page = await gateway.listPage('payments', { ...periodOf(1), to: new Date(Date.now() + 1_000) }, null)
    expect(page).toMatchObject({ listed: [{ pending: true }], refreshedAt: expect.any(Date) })
  })

  test('at most 31 days, and not more than 10,000 transactions', async () => {
    expect(await list(gateway.lists.longestPeriod / hour)).toMatchObject({ listed: [] })
    await expect(list(31 * 24 + 1)).rejects.toEqual(failure('refused', 'INVALID_DATE_RANGE'))
    await control('settings', { largest_result: 1 })
    for (const k of [1, 2]) await paid(k)
    expect(await list()).toBe('too_many')
    expect(await violations()).toEqual([])
  })

  test('an app without the permission is `refused`', async () => {
    const match = { method: 'GET', path: '/v1/reporting/transactions' }
    await control('faults', { match, times: 2, fault: 'decline', code: 'PERMISSION_DENIED' })
    await expect(list()).rejects.toEqual(failure('refused', 'PERMISSION_DENIED'))
  })

  test('disputes, by pages of 50, with their captures', async () => {
    const captures = [(await paid(1)).transactionId]
    await control('copies', { charge: captures[0]!, names: 'O', count: 50 })
    for (let number = 1; number <= 50; number++) captures.push(`CO${number}`)
    for (const charge of captures) await control('disputes', { charge })
    const disputes = async (after: string | null, hours = 1) => {
      const page = await gateway.listPage('disputes', periodOf(hours), after)
      return page as Exclude<typeof page, string>
    }
    const first = await disputes(null)
    const second = await disputes(first.next)
    expect(second.next).toBeNull()
    const found = [...first.listed, ...second.listed].map((one) => 'transactionId' in one && one.transactionId)
    expect(found.sort()).toEqual(captures.sort())
    // PayPal lists those of the last 180 days only.
    expect((await disputes(null, 300 * 24)).listed).toHaveLength(50)
    expect((await requests()).flatMap(({ violations }) => violations)).toEqual([])
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
