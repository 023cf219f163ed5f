import { paymentHandle } from '../../domain/payment/payment-object.ts'
import type { ObjectAtGateway } from '../../domain/reference.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { Database } from '../../store/database/database.ts'
import { adoptObject } from '../../store/payments/adopted-objects.ts'
import { storeFoundId } from '../../store/payments/one-step-orders.ts'

/**
 * Gives a payment without a row here to the onboarding that it names at the gateway: the response to its call was lost,
 * or the database was restored from a backup made before it. The run records it as the initial charge instead of
 * charging again. Returns false if a person must look. Never charges.
 */
export async function adoptPayment(
  database: Database,
  gateway: PaymentGateway,
  object: ObjectAtGateway,
): Promise<boolean> {
  const handle = paymentHandle(object.objectId)
  const onboardingId = await gateway.onboardingOf?.(handle)
  if (!onboardingId) return false
  const named = { ...object, onboardingId }
  if (await storeFoundId(database, named)) return true
  const reading = await gateway.read(handle)
  if (reading.state !== 'paid') return false
  const { amount, currency, customerId: gatewayCustomerId } = reading
  return adoptObject(database, { ...named, amount, currency, gatewayCustomerId })
}
