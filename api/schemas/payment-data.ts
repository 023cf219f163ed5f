import { z } from '@hono/zod-openapi'
import { invalid } from '../../domain/failure/failures.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import * as fields from './fields.ts'

const idAt = (pattern: RegExp, what: string) => fields.text(255).regex(pattern, `must be ${what}`)

/** A payment method that is already saved at a gateway. Card data is never accepted. */
export const paymentData = z
  .strictObject(
    {
      pm_id: idAt(/^pm_[A-Za-z0-9_]+$/, 'the id of a payment method at Stripe, such as pm_1Q…').optional(),
      customer_id: idAt(/^cus_[A-Za-z0-9_]+$/, 'the id of a customer at Stripe, such as cus_Q…').optional(),
      vault_token: idAt(/^[\w-]+$/, 'the id of a payment token at PayPal').optional(),
    },
    fields.mustBe('an object'),
  )
  .openapi({
    description: 'A saved payment method: pm_id, with or without its customer_id, for stripe; vault_token for paypal',
    example: { pm_id: 'pm_card_visa' },
  })

/** A payment method that is saved at a gateway. */
export interface SavedMethod {
  gateway: GatewayName
  methodId: string
  gatewayCustomerId?: string | undefined
}

/** Returns the payment method of a request. Throws `invalid_request` for data of another gateway. */
export function savedMethodOf(
  data: z.output<typeof paymentData> | undefined,
  gateway: GatewayName = 'stripe',
): SavedMethod | undefined {
  if (!data) return undefined
  const { pm_id, customer_id, vault_token } = data
  if (gateway === 'stripe' && pm_id !== undefined && vault_token === undefined)
    return { gateway, methodId: pm_id, gatewayCustomerId: customer_id }
  if (gateway === 'paypal' && vault_token !== undefined && pm_id === undefined && customer_id === undefined)
    return { gateway, methodId: vault_token }
  const wanted = gateway === 'stripe' ? 'pm_id, with or without customer_id,' : 'vault_token'
  throw invalid('payment_data', `must hold ${wanted} and nothing else for ${gateway}`)
}
