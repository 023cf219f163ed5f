import { GatewayError, isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { AccessCheck, AccountAccess } from '../../gateway.ts'
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
}

/** Returns the calls about the account of a client. */
export function paypalAccess({ call }: PayPalClient): AccountAccess {
  const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) =>
    call(({ other }) => other(method, path, body))
  const listFor = async (url: string): Promise<Webhook[]> => {
    const { webhooks = [] } = (await ask('GET', '/v1/notifications/webhooks')) as { webhooks?: Webhook[] }
    return webhooks.filter((each) => each.url === url)
  }
  const reads: Record<Exclude<AccessCheck['permission'], 'customers' | 'refunds'>, string> = {
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
      for (const { id } of await listFor(url)) await ask('DELETE', `/v1/notifications/webhooks/${id}`)
      const body = { url, event_types: events.map((name) => ({ name })) }
      const { id } = (await ask('POST', '/v1/notifications/webhooks', body)) as Webhook
      return { id, secret: null, apiVersion: null }
    },
    async findWebhook(url) {
      const [found] = await listFor(url)
      return found && { id: found.id, secret: null, apiVersion: null }
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
