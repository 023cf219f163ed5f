import Stripe from 'stripe'
import { isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import { call, toGatewayError } from '../errors.ts'

/** The id of nothing, with the form of a client secret. */
const nothing = { id: 'pi_permissioncheck', client_secret: 'pi_permissioncheck_secret_none' }

/**
 * Returns whether a publishable key is of the account of a secret key. A publishable key reads a payment of its own
 * account only (docs.stripe.com/api/payment_intents/retrieve). So undefined is returned if the account has none, or the
 * secret key may not list them. Throws `refused` for a key that Stripe does not know.
 */
export async function ownsPublishableKey(withSecret: Stripe, withPublishable: Stripe): Promise<boolean | undefined> {
  const { id, client_secret } = (await newestPayment(withSecret)) ?? nothing
  try {
    await withPublishable.paymentIntents.retrieve(id, { client_secret })
    return true
  } catch (error) {
    // 404, or 400 for a client secret that is not known on the account of the key.
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return id === nothing.id ? undefined : false
    if (error instanceof Stripe.errors.StripePermissionError) return undefined
    throw toGatewayError(error)
  }
}

async function newestPayment(stripe: Stripe): Promise<{ id: string; client_secret: string } | undefined> {
  try {
    const { data } = await call(() => stripe.paymentIntents.list({ limit: 1 }))
    const [newest] = data
    return newest?.client_secret ? { id: newest.id, client_secret: newest.client_secret } : undefined
  } catch (error) {
    if (isGatewayError(error, 'refused')) return undefined
    throw error
  }
}
