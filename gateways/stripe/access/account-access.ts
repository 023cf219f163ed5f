import { isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { AccessCheck, AccountAccess, WebhookAtGateway } from '../../gateway.ts'
import { apiVersion } from '../api-version.ts'
import { openClient, type StripeConnection, type StripeOptions } from '../client.ts'
import { call } from '../errors.ts'
import { ownsPublishableKey } from './publishable-key.ts'

/** The events that are read (docs/operations.md lists them, too). */
const events = [
  ...['payment_intent.succeeded', 'payment_intent.payment_failed', 'payment_intent.canceled'],
  ...['payment_intent.processing', 'payment_intent.requires_action'],
  ...['setup_intent.succeeded', 'setup_intent.setup_failed', 'setup_intent.canceled', 'setup_intent.requires_action'],
  ...['charge.refunded', 'charge.refund.updated', 'refund.updated', 'refund.failed'],
  ...['charge.dispute.created', 'charge.dispute.closed', 'radar.early_fraud_warning.created'],
  ...['payment_method.detached', 'payment_method.updated', 'payment_method.automatically_updated', 'customer.deleted'],
] as const

/** The id of nothing. Stripe checks a key's permission before it looks for an object. */
const nothing = 'permission_check'

/** Returns the calls about the account of a connection. */
export function stripeAccess({ stripe }: StripeConnection, options: StripeOptions): AccountAccess {
  const reads: Record<Exclude<AccessCheck['permission'], 'reporting'>, () => Promise<unknown>> = {
    customers: () => stripe.customers.retrieve(`cus_${nothing}`),
    payments: () => stripe.paymentIntents.retrieve(`pi_${nothing}`),
    payment_methods: () => stripe.setupIntents.retrieve(`seti_${nothing}`),
    refunds: () => stripe.refunds.list({ limit: 1 }),
    disputes: () => stripe.charges.list({ payment_intent: `pi_${nothing}`, limit: 1 }),
    webhooks: () => stripe.webhookEndpoints.list({ limit: 1 }),
  }
  const listFor = async (url: string) => {
    const { data } = await stripe.webhookEndpoints.list({ limit: 100 })
    return data.filter((endpoint) => endpoint.url === url)
  }
  return {
    apiVersion,
    readId: () => call(async () => (await stripe.accounts.retrieveCurrent()).id),
    check: () =>
      Promise.all(
        Object.entries(reads).map(async ([permission, read]) => ({
          permission: permission as AccessCheck['permission'],
          granted: await isGranted(read),
        })),
      ),
    ownsPublishableKey: (key) => ownsPublishableKey(stripe, openClient({ ...options, secretKey: key })),
    createWebhook: (url) =>
      call(async () => {
        for (const { id } of await listFor(url)) await stripe.webhookEndpoints.del(id)
        const made = await stripe.webhookEndpoints.create({ url, api_version: apiVersion, enabled_events: [...events] })
        return { id: made.id, secret: made.secret ?? null, apiVersion }
      }),
    findWebhook: (url) =>
      call(async (): Promise<WebhookAtGateway | undefined> => {
        const found = (await listFor(url)).find(({ status }) => status === 'enabled')
        return found && { id: found.id, secret: null, apiVersion: found.api_version }
      }),
  }
}

async function isGranted(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await call(read)
    return true
  } catch (error) {
    if (isGatewayError(error, 'not_found', 'method_unusable')) return true
    if (isGatewayError(error, 'refused')) return false
    throw error
  }
}
