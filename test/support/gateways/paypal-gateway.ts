import { beforeEach, expect } from 'vitest'
import type { OurMetadata, PaymentGateway } from '../../../gateways/gateway.ts'
import { paypalGateway } from '../../../gateways/paypal/paypal-gateway.ts'
import { control, eachWithPayPal, simulator } from './paypal-simulator.ts'

export const webhookId = '8PT597110X687430LKGECATA'
export const metadata: OurMetadata = {
  organization_id: 'org_1',
  environment: 'sandbox',
  customer_id: 'cus_1',
  billing_customer_id: 'bc_1',
  onboarding_id: 'onb_1',
}

export let gateway: Required<PaymentGateway>

/** Gives each test of the file an empty PayPal simulator and our gateway connected to it. */
export function eachWithGateway(): void {
  eachWithPayPal()
  beforeEach(() => {
    gateway = connect()
  })
}

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

export const capturePath = '/v2/checkout/orders/*/capture'
export const session = {
  customerId: 'cus_1',
  brandName: 'Shop',
  returnUrl: 'https://shop.test/back',
  cancelUrl: 'https://shop.test/cancel',
}
let sessions = 0
export async function approved(email = 'buyer@personal.example.com'): Promise<string> {
  const { token } = await gateway.openSession(session, `onb_1/session/${++sessions}`)
  await control('approve', { setup_token: token, outcome: 'approve', email })
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

/** Reconnects the gateway as another client of PayPal. */
export const connectAs = (clientId: string) => {
  gateway = connect({ clientId })
}
