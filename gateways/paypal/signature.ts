import { createVerify, X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { certificateFiles } from './certificate-files.ts'
import { isTrusted } from './certificates.ts'
import type { PayPalClient } from './client.ts'
import type { Transmission } from './verify-at-paypal.ts'

export interface SignatureOptions {
  live: boolean
  webhookId: string
  webhookRoot?: string | undefined
  apiUrl?: string | undefined
  timeout: number
}

/** How an event was found to be PayPal's: `at_paypal` where its certificate cannot be trusted on this machine. */
export type VerifiedBy = 'certificate' | 'at_paypal'

/**
 * Returns what verifies that PayPal signed a raw body. Without a call, but for the certificate, where its chain ends at
 * a root of this machine; else PayPal is asked, and only about events whose signature fits the certificate that lies at
 * PayPal. Throws an Error where the event is not PayPal's, `refused` (`certificate_not_trusted`) where PayPal may not
 * be asked, other GatewayErrors where it cannot be now.
 */
export function signatureVerifier(
  options: SignatureOptions,
  client: PayPalClient,
): (rawBody: string, headers: Headers, sender: string) => Promise<VerifiedBy> {
  const certificatesAt = certificateFiles(options.timeout)
  const isOfPayPal = trustOf(options)
  return async (rawBody, headers, sender) => {
    const sent = transmissionOf(headers)
    if (sent.auth_algo !== 'SHA256withRSA') throw new Error('the event is signed in another way')
    const chain = await certificatesAt(certificateUrl(sent.cert_url, options), sender)
    if (!chain) throw new Error('there is no such certificate at PayPal')
    if (!isSigned(sent, options.webhookId, rawBody, chain[0]!)) throw new Error('the signature is not right')
    if (isOfPayPal(chain)) return 'certificate'
    // What is no JSON would stand for something else within the call.
    JSON.parse(rawBody)
    if (!(await askPayPal(client, sent, options.webhookId, rawBody))) throw new Error('PayPal did not sign this event')
    return 'at_paypal'
  }
}

function transmissionOf(headers: Headers): Transmission {
  const header = (name: string) => headers.get(`paypal-${name}`) ?? ''
  return {
    auth_algo: header('auth-algo'),
    cert_url: header('cert-url'),
    transmission_id: header('transmission-id'),
    transmission_sig: header('transmission-sig'),
    transmission_time: header('transmission-time'),
  }
}

/** PayPal sends again for days and names no limit of age: repeated events are told by their ids. */
function isSigned(sent: Transmission, webhookId: string, rawBody: string, leaf: X509Certificate): boolean {
  const { transmission_id: id, transmission_time: time } = sent
  const signed = `${id}|${time}|${webhookId}|${crc32(Buffer.from(rawBody))}`
  const verify = createVerify('RSA-SHA256').update(signed)
  return id !== '' && time !== '' && verify.verify(leaf.publicKey, sent.transmission_sig, 'base64')
}

async function askPayPal({ call }: PayPalClient, sent: Transmission, webhookId: string, rawBody: string) {
  try {
    return await call(({ verification }) => verification(sent, webhookId, rawBody))
  } catch (error) {
    throw isGatewayError(error, 'refused', 'not_found') ? new GatewayError('refused', 'certificate_not_trusted') : error
  }
}

/** PayPal names either of its two hosts in front of its certificates. */
const hosts = ['api', 'api-m']

/** Where the certificate is comes with the event, so that anybody can name a place: only PayPal's own is asked. */
function certificateUrl(text: string, { live, apiUrl }: SignatureOptions): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const origins = hosts.map((host) => `https://${host}.${live ? '' : 'sandbox.'}paypal.com`)
  if (!live && apiUrl) origins.push(new URL(apiUrl).origin)
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash
  if (
    !isPlain ||
    !origins.includes(url.origin) ||
    !/^\/v1\/notifications\/certs\/CERT-[\w-]{1,100}$/.test(url.pathname)
  )
    throw new Error('the certificate is not at PayPal')
  return url.href
}

/** Whether a chain is of PayPal by the roots of this machine; judged each time, as certificates end. */
function trustOf({ live, webhookRoot }: SignatureOptions): (chain: X509Certificate[]) => boolean {
  const host = `messageverificationcerts.${live ? '' : 'sandbox.'}paypal.com`
  const roots = !live && webhookRoot ? [new X509Certificate(webhookRoot)] : []
  return (chain) => isTrusted(chain, host, roots, new Date())
}
