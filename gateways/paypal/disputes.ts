import { ApiError, type Client } from '@paypal/paypal-server-sdk'

/**
 * Lists the disputes of a capture, at PayPal or at the bank. The SDK has no method for this, so the request is built
 * from its parts. PayPal returns 403 if the app lacks the permission.
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
