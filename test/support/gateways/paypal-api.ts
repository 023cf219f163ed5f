import {
  ApiError,
  CheckoutPaymentIntent,
  Client,
  Environment,
  OrdersController,
  PaymentInitiator,
  PaymentsController,
  PaypalPaymentTokenUsageType,
  StoredPaymentSourceUsageType,
  UsagePattern,
  VaultController,
  VaultTokenRequestType,
} from '@paypal/paypal-server-sdk'
import axios, { type AxiosAdapter } from 'axios'
import { beforeEach } from 'vitest'
import { control, eachWithPayPal, restartSimulator, simulator } from './paypal-simulator.ts'

export let paypal: ReturnType<typeof connect>

/** Gives each test of the file an empty PayPal simulator and a client. */
export function eachWithClient(): void {
  eachWithPayPal()
  beforeEach(() => reconnect())
}

/** The SDK supports only its own two hosts. This adapter redirects the sandbox's host to the simulator. */
function redirect(target: string): AxiosAdapter {
  const inner = axios.getAdapter('http')
  return (config) => {
    const url = new URL(config.url!)
    if (url.hostname !== 'api-m.sandbox.paypal.com') throw new Error(`unexpected host ${url.hostname}`)
    const { protocol, host } = new URL(target)
    return inner({ ...config, url: Object.assign(url, { protocol, host }).toString(), proxy: false, maxRedirects: 0 })
  }
}
function connect(oAuthClientId = 'id') {
  const client = new Client({
    environment: Environment.Sandbox,
    timeout: 2_000,
    clientCredentialsAuthCredentials: { oAuthClientId, oAuthClientSecret: 'secret' },
    unstable_httpClientOptions: { adapter: redirect(simulator.url) },
    httpClientOptions: { retryConfig: { maxNumberOfRetries: 0 } },
  })
  return {
    vault: new VaultController(client),
    orders: new OrdersController(client),
    payments: new PaymentsController(client),
  }
}

/** Returns the status, name and issue of an error response. */
export const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      // Not `result`: the SDK sets it only for the statuses that its documents list for the call.
      const { name, details } = JSON.parse(error.body as string) as { name: string; details?: { issue: string }[] }
      return { status: error.statusCode, name, issue: details?.[0]?.issue }
    },
  )

export const newSetupToken = (
  paypalRequestId = 'onb_1:setup:1',
  returnUrl = 'https://shop.test/back?a=1',
  permitMultiplePaymentTokens?: boolean,
) =>
  paypal.vault.createSetupToken({
    paypalRequestId,
    body: {
      customer: { merchantCustomerId: 'onb_1' },
      paymentSource: {
        paypal: {
          usageType: PaypalPaymentTokenUsageType.Merchant,
          usagePattern: UsagePattern.UnscheduledPostpaid,
          ...(permitMultiplePaymentTokens === undefined ? {} : { permitMultiplePaymentTokens }),
          experienceContext: { returnUrl, cancelUrl: 'https://shop.test/cancel', brandName: 'Shop' },
        },
      },
    },
  })
export const newPaymentToken = (setupToken: string, paypalRequestId = 'onb_1:token:1') =>
  paypal.vault.createPaymentToken({
    paypalRequestId,
    body: { paymentSource: { token: { id: setupToken, type: VaultTokenRequestType.SetupToken } } },
  })
export async function newVaultId(n = '1') {
  const { result } = await newSetupToken(`onb_1:setup:${n}`)
  await control('approve', { setup_token: result.id, outcome: 'approve' })
  return (await newPaymentToken(result.id!, `onb_1:token:${n}`)).result.id!
}

export const unit = (value = '15.00', currencyCode = 'USD') => ({
  invoiceId: 'onb_1',
  customId: 'organization_id=org_1&environment=sandbox',
  amount: { currencyCode, value },
})
export const wallet = (vaultId: string) => ({
  paypal: {
    vaultId,
    storedCredential: {
      paymentInitiator: PaymentInitiator.Customer,
      usage: StoredPaymentSourceUsageType.First,
      usagePattern: UsagePattern.UnscheduledPostpaid,
    },
  },
})
const prefer = 'return=representation'
export const newOrder = (paypalRequestId = 'onb_1:order:1', value?: string, currency?: string) =>
  paypal.orders.createOrder({
    paypalRequestId,
    prefer,
    body: { intent: CheckoutPaymentIntent.Capture, purchaseUnits: [unit(value, currency)] },
  })
export const payInOneStep = (
  vaultId: string,
  paypalRequestId = 'onb_1:charge:1',
  more: { paypalMockResponse?: string } = {},
) =>
  paypal.orders.createOrder({
    paypalRequestId,
    prefer,
    ...more,
    body: {
      intent: CheckoutPaymentIntent.Capture,
      purchaseUnits: [unit()],
      paymentSource: wallet(vaultId),
    },
  })
export const capture = (id: string, vaultId: string, paypalRequestId = 'onb_1:capture:1') =>
  paypal.orders.captureOrder({ id, paypalRequestId, prefer, body: { paymentSource: wallet(vaultId) } })
export const refund = (captureId: string, paypalRequestId: string, value?: string) =>
  paypal.payments.refundCapturedPayment({
    captureId,
    paypalRequestId,
    prefer,
    body: value ? { amount: { currencyCode: 'USD', value } } : {},
  })
type OrderAnswer = Awaited<ReturnType<typeof newOrder>>
export const captureOf = ({ result }: OrderAnswer) => result.purchaseUnits![0]!.payments!.captures![0]!

/** Creates a new client with its own token. */
export const reconnect = (clientId?: string) => {
  paypal = connect(clientId)
}

/** Restarts the simulator with a new client. `meanwhile` runs while the simulator is down. */
export async function restart(meanwhile = () => {}): Promise<void> {
  await restartSimulator(meanwhile)
  reconnect()
}
