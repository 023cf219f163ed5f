import type Stripe from 'stripe'
import { GatewayError, isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { AccessCheck, AccountAccess, WebhookAtGateway } from '../../account-access.ts'
import { apiVersion, eventVersions } from '../api-version.ts'
import { openClient, type StripeConnection, type StripeOptions } from '../client.ts'
import { call } from '../errors.ts'
import { ownsPublishableKey } from './publishable-key.ts'

/** The events that are read. docs/operations.md lists them for endpoints that are created by hand. */
export const stripeEvents = [
  ...['payment_intent.succeeded', 'payment_intent.payment_failed', 'payment_intent.canceled'],
  ...['payment_intent.processing', 'payment_intent.requires_action'],
  ...['setup_intent.succeeded', 'setup_intent.setup_failed', 'setup_intent.canceled', 'setup_intent.requires_action'],
  ...['charge.refunded', 'charge.refund.updated', 'refund.updated', 'refund.failed'],
  ...['charge.dispute.created', 'charge.dispute.closed', 'radar.early_fraud_warning.created'],
  ...['payment_method.detached', 'payment_method.updated', 'payment_method.automatically_updated', 'customer.deleted'],
] as const

const events = [...stripeEvents]

/** The id of nothing. Stripe checks a key's permission before it looks for an object. */
const nothing = 'permission_check'

/** Returns the calls about the account of a connection. A connected one has no webhook endpoints of its own. */
export function stripeAccess({ stripe, livemode }: StripeConnection, options: StripeOptions): AccountAccess {
  const reads: Partial<Record<AccessCheck['permission'], () => Promise<unknown>>> = {
    charging: async () => requireCharging(await stripe.accounts.retrieveCurrent(), livemode),
    customers: () => stripe.customers.retrieve(`cus_${nothing}`),
    payments: () => stripe.paymentIntents.retrieve(`pi_${nothing}`),
    payment_methods: () => stripe.setupIntents.retrieve(`seti_${nothing}`),
    refunds: () => stripe.refunds.list({ limit: 1 }),
    disputes: () => stripe.charges.list({ payment_intent: `pi_${nothing}`, limit: 1 }),
    events: () => stripe.events.list({ limit: 1 }),
    ...(options.connectedId ? {} : { webhooks: () => stripe.webhookEndpoints.list({ limit: 1 }) }),
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
        const others = await listFor(url)
        const made = await stripe.webhookEndpoints.create({ url, api_version: apiVersion, enabled_events: events })
        // Afterwards, and if that fails they stay: nobody gets the new secret again.
        await Promise.allSettled(others.map(({ id }) => stripe.webhookEndpoints.del(id)))
        return webhookOf(made)
      }),
    findWebhook: (url) =>
      call(async () => {
        const all = await listFor(url)
        const found = all.find(({ status }) => status === 'enabled') ?? all[0]
        return found && webhookOf(found)
      }),
    mendWebhook: (id) =>
      call(async () => {
        await stripe.webhookEndpoints.update(id, { disabled: false, enabled_events: events })
      }),
  }
}

/** Returns an endpoint as the port has it. */
export const webhookOf = (endpoint: Stripe.WebhookEndpoint): WebhookAtGateway => ({
  id: endpoint.id,
  secret: endpoint.secret ?? null,
  apiVersion: endpoint.api_version,
  isEnabled: endpoint.status === 'enabled',
  isAccepted: eventVersions.includes(endpoint.api_version),
  isComplete: includesAll(endpoint.enabled_events, events),
})

const includesAll = (enabled: string[], wanted: string[]) =>
  enabled.includes('*') || wanted.every((event) => enabled.includes(event))

/** In a sandbox, an account whose owner has entered nothing yet can charge, too. */
function requireCharging({ charges_enabled, details_submitted }: Stripe.Account, livemode: boolean): void {
  if (!charges_enabled && (livemode || details_submitted)) throw new GatewayError('refused', 'charges_disabled')
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
