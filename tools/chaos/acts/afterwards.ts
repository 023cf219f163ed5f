import { setTimeout as sleep } from 'node:timers/promises'
import type { Afterwards } from '../styles.ts'
import { callNative } from './caller-acts.ts'
import type { Caller } from './calls.ts'
import type { Shop } from './page.ts'

/**
 * Refunds the initial charge of an active customer and closes it, all at once. Each call is repeated with its own key
 * until it gets a response. 409 is permitted if all is refunded in the end: then another call may have left less.
 */
export async function actAfterwards(
  contact: string,
  { refunds, close }: Afterwards,
  id: string,
  shop: Shop,
  caller: Caller,
): Promise<void> {
  const charge = await findCharge(contact, id, shop, caller)
  const refundsAll = refunds.includes('rest') || close?.refundInitial
  const ask = async (path: string, body: object, name: string) => {
    const key = { 'Idempotency-Key': `${contact}-${name}` }
    const { status, body: answer } = await callNative(shop, caller, 'POST', path, { reason: 'chaos', ...body }, key)
    if (status !== 200 && !(status === 409 && refundsAll))
      throw new Error(`${contact}: ${path} answered ${status} ${JSON.stringify(answer)}`)
  }
  const calls = refunds.map((amount, i) =>
    ask(`/v1/charges/${charge}/refund`, amount === 'rest' ? {} : { amount }, `refund-${i}`),
  )
  if (close) calls.push(ask(`/v1/billing_customers/${id}/close`, { refund_initial: close.refundInitial }, 'close'))
  await Promise.all(calls)
}

/** Returns the id of the initial charge. */
async function findCharge(contact: string, id: string, shop: Shop, caller: Caller): Promise<string> {
  while (!caller.isOver()) {
    const { body } = await callNative(shop, caller, 'GET', `/v1/charges?billing_customer_id=${id}&status=succeeded`)
    const [charge] = (body as { data?: { id: string }[] }).data ?? []
    if (charge) return charge.id
    await sleep(500)
  }
  throw new Error(`${contact} has no charge`)
}
