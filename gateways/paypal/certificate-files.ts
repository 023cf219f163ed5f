import type { X509Certificate } from 'node:crypto'
import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import { parseChain } from './certificates.ts'

const mostKept = 8
const largestChain = 64_000
/** Milliseconds for which a URL without a certificate is not fetched again. */
const missingFor = 600_000
/** URLs without a certificate that one sender can name in that time. Anyone can send URLs. */
const mostMisses = 5
/** URLs without a certificate that are remembered, over all senders. */
const mostMissing = 1_000

interface Miss {
  sender: string
  /** Milliseconds since the epoch. */
  until: number
}

/**
 * Returns a function that fetches the certificates at a URL, leaf first: each URL once, one at a time. It returns
 * undefined if there are none, and throws `unknown` or `not_now` if that cannot be determined now. After too many URLs
 * without a certificate, nothing more is fetched for that sender for a while.
 */
export function certificateFiles(
  timeout: number,
): (url: string, sender: string) => Promise<X509Certificate[] | undefined> {
  const kept = new Map<string, X509Certificate[]>()
  const missing = new Map<string, Miss>()
  let running: { url: string; file: Promise<X509Certificate[] | undefined> } | undefined

  async function fetchOne(url: string, sender: string): Promise<X509Certificate[] | undefined> {
    const chain = await fetchChain(url, timeout)
    if (chain) keep(kept, url, chain, mostKept)
    else keep(missing, url, { sender, until: Date.now() + missingFor }, mostMissing)
    return chain
  }

  return async (url, sender) => {
    const found = kept.get(url)
    if (found) return found
    for (const [other, { until }] of missing) if (until < Date.now()) missing.delete(other)
    if (missing.has(url)) return undefined
    if (running?.url === url) return running.file
    const misses = [...missing.values()].filter((miss) => miss.sender === sender).length
    if (running || misses >= mostMisses) throw new GatewayError('not_now', 'certificate_not_fetched')
    running = { url, file: fetchOne(url, sender).finally(() => (running = undefined)) }
    return running.file
  }
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.set(key, value)
  if (map.size > most) map.delete(map.keys().next().value!)
}

async function fetchChain(url: string, timeout: number): Promise<X509Certificate[] | undefined> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeout) }).catch(notFetched)
  if (response.status >= 500 || response.status === 408 || response.status === 429) notFetched()
  const text = response.ok && response.body ? await textOf(response.body).catch(notFetched) : ''
  try {
    const chain = parseChain(text)
    return chain.length > 0 ? chain : undefined
  } catch {
    return undefined
  }
}

function notFetched(): never {
  throw new GatewayError('unknown', 'certificate_not_fetched')
}

/** Returns the text of a response; empty if it is too large to be certificates. */
async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > largestChain) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('latin1')
}
