import { GatewayError, isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { AccessCheck, AccountAccess, WebhookAtGateway } from '../../account-access.ts'
import type { PayPalClient } from '../client.ts'

/** The events that are read. */
const events = [
  ...['PAYMENT.CAPTURE.COMPLETED', 'PAYMENT.CAPTURE.DECLINED', 'PAYMENT.CAPTURE.PENDING', 'PAYMENT.CAPTURE.REFUNDED'],
  ...['PAYMENT.CAPTURE.REVERSED', 'CHECKOUT.ORDER.APPROVED', 'CHECKOUT.ORDER.COMPLETED'],
  ...['VAULT.PAYMENT-TOKEN.DELETED', 'CUSTOMER.DISPUTE.CREATED', 'CUSTOMER.DISPUTE.RESOLVED'],
]

interface Webhook {
  id: string
  url: string
  event_types: { name: string }[]
}

const eventTypes = events.map((name) => ({ name }))

const webhookOf = ({ id, event_types }: Webhook): WebhookAtGateway => {
  const names = event_types.map(({ name }) => name)
  const isComplete = names.includes('*') || events.every((name) => names.includes(name))
  return { id, secret: null, apiVersion: null, isEnabled: true, isAccepted: true, isComplete }
}

/** Returns the calls about the account of a client. */
export function paypalAccess({ call }: PayPalClient): AccountAccess {
  const ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
    call(({ other }) => other(method, path, body))
  const listFor = async (url: string): Promise<Webhook[]> => {
    const { webhooks = [] } = (await ask('GET', '/v1/notifications/webhooks')) as { webhooks?: Webhook[] }
    return webhooks.filter((each) => each.url === url)
  }
  const reads: Record<Exclude<AccessCheck['permission'], 'charging' | 'customers' | 'refunds' | 'events'>, string> = {
    payments: '/v2/checkout/orders/PERMISSIONCHECK',
    payment_methods: '/v3/vault/payment-tokens/permissioncheck',
    disputes: '/v1/customer/disputes?disputed_transaction_id=PERMISSIONCHECK',
    reporting: reportOfToday(),
    webhooks: '/v1/notifications/webhooks',
  }
  return {
    apiVersion: null,
    // Unverified: the reference documents payer_id for a customer who logs in, and says nothing about an app's token.
    async readId() {
      const { payer_id: id } = (await ask('GET', '/v1/identity/oauth2/userinfo?schema=paypalv1.1')) as {
        payer_id?: string
      }
      if (!id) throw new GatewayError('refused', 'no_payer_id')
      return id
    },
    check: () =>
      Promise.all(
        Object.entries(reads).map(async ([permission, path]) => ({
          permission: permission as AccessCheck['permission'],
          granted: await isGranted(() => ask('GET', path)),
        })),
      ),
    async createWebhook(url) {
      // Before: PayPal rejects a second one for the same URL.
      for (const { id } of await listFor(url)) await ask('DELETE', `/v1/notifications/webhooks/${id}`)
      const body = { url, event_types: eventTypes }
      return webhookOf((await ask('POST', '/v1/notifications/webhooks', body)) as Webhook)
    },
    async findWebhook(url) {
      const [found] = await listFor(url)
      return found && webhookOf(found)
    },
    async mendWebhook(id) {
      const change = [{ op: 'replace', path: '/event_types', value: eventTypes }]
      await ask('PATCH', `/v1/notifications/webhooks/${id}`, change)
    },
  }
}

function reportOfToday(): string {
  const [from, to] = [new Date(Date.now() - 3_600_000), new Date()].map((at) => at.toISOString())
  return `/v1/reporting/transactions?start_date=${from}&end_date=${to}&page_size=1`
}

async function isGranted(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read()
    return true
  } catch (error) {
    if (isGatewayError(error, 'unknown', 'not_now')) throw error
    // Anything but a refusal says that nothing has this id.
    return !isGatewayError(error, 'refused')
  }
}
