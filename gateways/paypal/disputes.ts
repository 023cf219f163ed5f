import { ApiError, type Client } from '@paypal/paypal-server-sdk'
import type { PayPalClient } from './client.ts'

/** Asks PayPal for the disputes of a capture: the SDK has no words for them, so only the request is made of its parts. */
export function disputesOf(client: Client) {
  return async (captureId: string): Promise<unknown[]> => {
    const request = client.getRequestBuilderFactory()('GET', '/v1/customer/disputes')
    request.query('disputed_transaction_id', captureId)
    request.defaultToError(ApiError)
    request.authenticate([{ oauth2: true }])
    const { result } = await request.callAsText()
    const { items } = JSON.parse(result) as { items?: unknown[] }
    return items ?? []
  }
}

/** Whether the payer ever disputed a capture, at PayPal or with the bank. Throws `refused` where the app may not see disputes. */
export const isDisputed = async ({ call }: PayPalClient, captureId: string): Promise<boolean> =>
  (await call(({ disputes }) => disputes(captureId))).length > 0
