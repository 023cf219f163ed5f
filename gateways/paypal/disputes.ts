import { ApiError, type Client } from '@paypal/paypal-server-sdk'

/**
 * Asks PayPal for the disputes of a capture, with it or with the bank: the SDK has no words for them, so only the request is
 * made of its parts. Answers 403 where the app may not see disputes.
 */
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
