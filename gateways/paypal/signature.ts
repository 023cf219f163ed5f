import { createVerify, X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { PayPalOptions } from './account.ts'
import { certificateFiles } from './certificate-files.ts'
import { isTrusted } from './certificates.ts'
import type { PayPalClient } from './client.ts'
import type { Transmission } from './verify-at-paypal.ts'

export type SignatureOptions = Pick<PayPalOptions, 'live' | 'webhookId' | 'webhookRoot' | 'apiUrl' | 'timeout'>

/** How an event was verified; `at_paypal` if its certificate is not trusted on this machine. */
export type VerifiedBy = 'certificate' | 'at_paypal'

/**
 * Returns a function that verifies PayPal's signature: locally if the certificate is trusted here, else by PayPal if
 * the signature fits. Throws an Error if it is forged, `refused` (`certificate_not_trusted`) if PayPal denies the call,
 * and other GatewayErrors if verification is not possible now.
 */
export function signatureVerifier(
  options: SignatureOptions,
  client: PayPalClient,
): (rawBody: string, headers: Headers, sender: string) => Promise<VerifiedBy> {
  const certificatesAt = certificateFiles(options.timeout)
  const isOfPayPal = trustOf(options)
  return async (rawBody, headers, sender) => {
    const sent = transmissionOf(headers)
    if (sent.auth_algo !== 'SHA256withRSA') throw new Error('unsupported signature algorithm')
    const chain = await certificatesAt(certificateUrl(sent.cert_url, options), sender)
    if (!chain) throw new Error('PayPal has no such certificate')
    if (!isSigned(sent, options.webhookId, rawBody, chain[0]!)) throw new Error('the signature does not match')
    if (isOfPayPal(chain)) return 'certificate'
    // The body becomes part of a JSON request, so it must be valid JSON itself.
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

/** PayPal retries for days and documents no age limit: repeated events are detected by their ids. */
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

/** PayPal uses both of its hosts in certificate URLs. */
const hosts = ['api', 'api-m']

/** Returns the certificate URL of an event. Anyone can send a URL, so only PayPal's own hosts are allowed. */
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
    throw new Error('the certificate URL is not of PayPal')
  return url.href
}

/** Returns a check that a chain is PayPal's. It runs for every event, because certificates expire. */
function trustOf({ live, webhookRoot }: SignatureOptions): (chain: X509Certificate[]) => boolean {
  const host = `messageverificationcerts.${live ? '' : 'sandbox.'}paypal.com`
  const roots = !live && webhookRoot ? [new X509Certificate(webhookRoot)] : []
  return (chain) => isTrusted(chain, host, roots, new Date())
}
