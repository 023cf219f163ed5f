import { createVerify, X509Certificate, type KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { GatewayError } from '../../domain/gateway-errors.ts'
import { isTrusted, parseChain } from './certificates.ts'

export interface SignatureOptions {
  live: boolean
  webhookId: string
  webhookRoot?: string | undefined
  apiUrl?: string | undefined
  timeout: number
}

const mostKept = 8
const largestChain = 64_000

/** Answers what verifies that PayPal signed a raw body, offline but for its certificate; what that does throws where not. */
export function signatureVerifier(options: SignatureOptions): (rawBody: string, headers: Headers) => Promise<void> {
  const keyFor = certificateKeys(options)
  return async (rawBody, headers) => {
    const header = (name: string) => headers.get(`paypal-${name}`) ?? ''
    if (header('auth-algo') !== 'SHA256withRSA') throw new Error('the event is signed in another way')
    const url = certificateUrl(header('cert-url'), options)
    const [id, time] = [header('transmission-id'), header('transmission-time')]
    // PayPal sends again for days and names no limit of age: repeated events are told by their ids.
    const signed = `${id}|${time}|${options.webhookId}|${crc32(Buffer.from(rawBody))}`
    const verify = createVerify('RSA-SHA256').update(signed)
    if (!id || !time || !verify.verify(await keyFor(url), header('transmission-sig'), 'base64'))
      throw new Error('the signature is not right')
  }
}

/** Where the certificate is comes with the event, so that anybody can name a place: only PayPal's own is asked. */
function certificateUrl(text: string, { live, apiUrl }: SignatureOptions): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const origins = [`https://api.${live ? '' : 'sandbox.'}paypal.com`]
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

/** The public keys of certificates by their addresses, each fetched once and judged each time. */
function certificateKeys({ live, webhookRoot, timeout }: SignatureOptions): (url: string) => Promise<KeyObject> {
  const host = `messageverificationcerts.${live ? '' : 'sandbox.'}paypal.com`
  const roots = !live && webhookRoot ? [new X509Certificate(webhookRoot)] : []
  const kept = new Map<string, X509Certificate[]>()
  return async (url) => {
    const chain = kept.get(url) ?? parseChain(await fetchText(url, timeout))
    if (!isTrusted(chain, host, roots, new Date())) throw new Error('the certificate is not one of PayPal')
    kept.set(url, chain)
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
    return chain[0]!.publicKey
  }
}

async function fetchText(url: string, timeout: number): Promise<string> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeout) })
    if (!response.ok || !response.body) throw new Error('no certificate')
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > largestChain) throw new Error('too large for a certificate')
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('latin1')
  } catch {
    throw new GatewayError('unknown', 'certificate_not_fetched')
  }
}
