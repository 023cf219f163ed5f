import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect } from 'vitest'
import type { OurMetadata, PaymentGateway } from '../../gateways/gateway.ts'
import { paypalGateway } from '../../gateways/paypal/paypal-gateway.ts'
import { startPayPalSimulator, type PayPalSimulator } from '../../simulators/paypal/server.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const webhookId = '8PT597110X687430LKGECATA'
export const metadata: OurMetadata = {
  organization_id: 'org_1',
  environment: 'sandbox',
  customer_id: 'cus_1',
  billing_customer_id: 'bc_1',
  onboarding_id: 'onb_1',
}
export const nothingSent = { ownMethods: [], callersUnderWay: false }

let folder: string
export let simulator: PayPalSimulator
export let gateway: Required<PaymentGateway>
beforeEach(async () => {
  folder = temporaryFolder('paypal-gateway')
  simulator = await startPayPalSimulator({ folder })
  gateway = connect()
})
afterEach(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true, force: true })
})

export const connect = (more: Partial<Parameters<typeof paypalGateway>[0]> = {}) =>
  paypalGateway({
    clientId: 'id',
    clientSecret: 'secret',
    webhookId,
    apiUrl: simulator.url,
    webhookRoot: simulator.rootCertificate,
    live: false,
    timeout: 2_000,
    ...more,
  }) as Required<PaymentGateway>

export const control = async (path: string, body: object) => {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  return (await (await fetch(`${simulator.url}/_sim/${path}`, init)).json()) as Record<string, unknown>
}
export const fault = (path: string, kind: string, more: object = {}) =>
  control('faults', { match: { method: 'POST', path }, times: 1, fault: kind, ...more })
export const look = async <T>(path: string) => (await (await fetch(`${simulator.url}/_sim/${path}`)).json()) as T
export const charges = async () => (await look<{ charges: Record<string, unknown>[] }>('ledger')).charges
export const requests = async () =>
  (await look<{ requests: { method: string; path: string; status: number; violations: string[] }[] }>('requests'))
    .requests

export const capturePath = '/v2/checkout/orders/*/capture'
export const session = {
  customerId: 'cus_1',
  brandName: 'Shop',
  returnUrl: 'https://shop.test/back',
  cancelUrl: 'https://shop.test/cancel',
}
let sessions = 0
export async function approved(email?: string): Promise<string> {
  const { token } = await gateway.openSession(session, `onb_1/session/${++sessions}`)
  await control('approve', { setup_token: token, outcome: 'approve', ...(email ? { email } : {}) })
  return token
}
export const saved = async () => (await gateway.exchange(await approved(), `onb_1/method/${++sessions}`)).id
export const newOrder = async (k = 1, amount = 1500, currency = 'USD') => ({
  kind: 'payment' as const,
  id: await gateway.createObject(
    { kind: 'payment', customerId: 'cus_1', amount, currency, metadata, reference: 'unused' },
    `onb_1/payment/${k}`,
  ),
})
export const pay = (
  order: { kind: 'payment'; id: string },
  vaultId: string,
  key = 'onb_1/confirm/1/1/1',
  amount = 1500,
) =>
  gateway.confirm(
    order,
    { reference: { id: vaultId, singleUse: false }, offSession: false, amount, currency: 'USD' },
    key,
  )
export const failure = (kind: string, vendorCode?: string) =>
  expect.objectContaining({ name: 'GatewayError', kind, ...(vendorCode ? { vendorCode } : {}) })

/** From now on as another client of PayPal. */
export const connectAs = (clientId: string) => {
  gateway = connect({ clientId })
}
