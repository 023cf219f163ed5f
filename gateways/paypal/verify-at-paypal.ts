import { ApiError, type Client } from '@paypal/paypal-server-sdk'

/** The headers of an event, with the field names of PayPal's verification call. */
export interface Transmission {
  auth_algo: string
  cert_url: string
  transmission_id: string
  transmission_sig: string
  transmission_time: string
}

/**
 * Returns a function that asks PayPal whether it signed an event (POST /v1/notifications/verify-webhook-signature), for
 * which the SDK has no method. The body must be JSON and is sent unchanged, byte for byte, because the signature covers
 * its checksum. Throws `ApiError`.
 */
export function verificationAtPayPal(client: Client) {
  return async (transmission: Transmission, webhookId: string, rawBody: string): Promise<boolean> => {
    const request = client.getRequestBuilderFactory()('POST', '/v1/notifications/verify-webhook-signature')
    const named = JSON.stringify({ ...transmission, webhook_id: webhookId })
    request.header('Content-Type', 'application/json')
    request.text(`${named.slice(0, -1)},"webhook_event":${rawBody}}`)
    request.defaultToError(ApiError)
    request.authenticate([{ oauth2: true }])
    const { result } = await request.callAsText()
    return (JSON.parse(result) as { verification_status?: string }).verification_status === 'SUCCESS'
  }
}
