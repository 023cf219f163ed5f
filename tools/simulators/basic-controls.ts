import { z } from 'zod'
import { faultOrder, webhookOrder, type Faults, type WebhookOrder } from './faults.ts'
import type { SimulatorApp } from './listen.ts'

interface Controlled {
  faults: Faults
  webhooks: { resend(order: WebhookOrder): number; deliveries: { forgedAgain: number; left: number } }
  /** `query`: that of the request, in which `account` names one account. */
  ledger(query: Record<string, string>): object
  /** The accounts, each with its id. */
  accounts(): { id: string }[]
  log: { method: string; account: string; cross_account?: boolean | undefined }[]
  /** Returns all requests so far, with their violations. */
  requests(): object | Promise<object>
  /** Returns whether an error means that an object does not exist. */
  isMissing?(error: Error): boolean
}

/** Adds the calls that control every simulator and read its data. For people and tests. */
export function addBasicControls(app: SimulatorApp, controlled: Controlled): void {
  const { faults, webhooks, isMissing = () => false } = controlled
  app.post('/_sim/faults', async (c) => {
    return c.json({ ok: true, id: faults.add(faultOrder.parse(await c.req.json())) }, 201)
  })
  app.get('/_sim/faults', (c) => c.json({ faults: faults.left() }))
  app.delete('/_sim/faults/:id?', (c) => {
    faults.clear(c.req.param('id'))
    return c.json({ ok: true })
  })
  app.get('/_sim/ledger', (c) => c.json(controlled.ledger(c.req.query())))
  app.get('/_sim/accounts', (c) => c.json(countCalls(controlled)))
  app.get('/_sim/requests', async (c) => c.json(await controlled.requests()))
  app.post('/_sim/webhooks', async (c) => {
    const sent = webhooks.resend(webhookOrder.parse(await c.req.json()))
    const { forgedAgain, left } = webhooks.deliveries
    return c.json({ sent, forged_again: forgedAgain, left }, 202)
  })
  app.onError((error, c) => {
    if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400)
    return c.json({ error: error.message }, isMissing(error) ? 404 : 500)
  })
}

/** Counts each account's calls, and those that named another account or an object of it. */
function countCalls({ accounts, log }: Controlled) {
  const isCross = ({ cross_account }: Controlled['log'][number]) => cross_account === true
  const counted = accounts().map((shown) => {
    const calls = log.filter(({ account, method }) => account === shown.id && method !== 'EVENT')
    return { ...shown, calls: calls.length, cross_account: calls.filter(isCross).length }
  })
  return { accounts: counted, cross_account: log.filter(isCross).length }
}
