import type { CapturedPayment } from '@paypal/paypal-server-sdk'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayEvent, PaymentGateway } from '../gateway.ts'
import type { PayPalClient } from './client.ts'
import { isOurs } from './orders.ts'
import { signatureVerifier, type SignatureOptions } from './signature.ts'

interface Resource {
  id?: string
  custom_id?: string
  purchase_units?: { custom_id?: string }[]
  disputed_transactions?: { seller_transaction_id?: string }[]
  supplementary_data?: { related_ids?: { order_id?: string; capture_id?: string } }
  links?: { rel?: string; href?: string }[]
}
interface PayPalEvent {
  id: string
  event_type: string
  create_time: string
  resource?: Resource
}

/** Verifies an event and returns only which object it is about. The object itself is read afterwards. */
export function paypalEvents(options: SignatureOptions, client: PayPalClient): PaymentGateway['verifyEvent'] {
  const verify = signatureVerifier(options, client)
  return async (rawBody, headers, sender) => {
    const verifiedBy = await verify(rawBody, headers, sender)
    const { id, event_type: type, create_time, resource = {} } = JSON.parse(rawBody) as PayPalEvent
    const payload = await payloadOf(client, type, resource)
    return { id, type, createdAt: new Date(create_time), ...payload, askedVendor: verifiedBy === 'at_paypal' }
  }
}

type Payload = Pick<GatewayEvent, 'about' | 'ours'>

async function payloadOf(client: PayPalClient, type: string, resource: Resource): Promise<Payload> {
  const { id, custom_id, purchase_units } = resource
  const ours = isOurs(custom_id, purchase_units?.[0]?.custom_id)
  const ofItself = (kind: 'method' | 'payment') => ({ about: id ? { kind, id } : null, ours })
  if (type === 'VAULT.PAYMENT-TOKEN.DELETED') return ofItself('method')
  if (type.startsWith('CHECKOUT.ORDER.')) return ofItself('payment')
  if (!/^(PAYMENT\.CAPTURE|CUSTOMER\.DISPUTE)\./.test(type)) return { about: null, ours }
  const kind = /\.(REFUNDED|REVERSED)$|^CUSTOMER/.test(type) ? 'return' : 'payment'
  const order = orderNamedBy(resource)
  if (order) return { about: { kind, id: order }, ours }
  const capture = await captureNamedBy(client, resource)
  const orderId = capture?.supplementaryData?.relatedIds?.orderId
  return { about: orderId ? { kind, id: orderId } : null, ours: ours || isOurs(capture?.customId) }
}

const orderNamedBy = (resource: Resource) =>
  resource.supplementary_data?.related_ids?.order_id ?? linkedId(resource, 'checkout/orders')

/** A refund has the id of its capture but not always of the order; a dispute has only that of the capture. */
async function captureNamedBy({ call }: PayPalClient, resource: Resource): Promise<CapturedPayment | undefined> {
  const captureId =
    resource.supplementary_data?.related_ids?.capture_id ??
    resource.disputed_transactions?.[0]?.seller_transaction_id ??
    linkedId(resource, 'payments/captures')
  if (!captureId) return undefined
  try {
    return (await call(({ payments }) => payments.getCapturedPayment({ captureId }))).result
  } catch (error) {
    if (isGatewayError(error, 'not_found')) return undefined
    throw error
  }
}

/** Returns the id at the end of the `up` link. */
function linkedId({ links }: Resource, path: string): string | undefined {
  const up = links?.find(({ rel }) => rel === 'up')?.href
  return up?.match(new RegExp(`/v2/${path}/([A-Z0-9]{1,40})$`))?.[1]
}
