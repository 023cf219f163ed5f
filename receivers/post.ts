import { Agent, type Dispatcher } from 'undici'
import type { AddressRules } from '../domain/webhooks/address-rules.ts'
import type { Post, TryError, TryRequest, TryResult } from '../domain/webhooks/post.ts'
import { retryAfterSeconds } from '../domain/webhooks/retry-after.ts'
import { secretText } from '../domain/webhooks/secret.ts'
import { createConnector } from './connector.ts'
import { requestReason } from './failures.ts'
import { createResolver, type Resolve } from './resolver.ts'
import { responseText } from './response-text.ts'
import { signatureHeaders } from './signature.ts'
import { withoutSecrets } from './without-secrets.ts'

export interface ReceiverOptions {
  rules: AddressRules
  /** Base URL of the documentation, for the User-Agent header. */
  publicUrl: string
  resolve?: Resolve
  /** Milliseconds for a whole attempt, to connect (including DNS and TLS), and to read the body. */
  limits?: { whole: number; connect: number; body: number }
  /** PEM of certificate authorities to trust instead of those of Node. */
  certificates?: string
}

/** Connections to webhook receivers. */
export interface Receivers {
  post: Post
  /** Closes all connections. Attempts in flight throw, because this is no failure of their receivers. */
  close(): Promise<void>
}

const defaultLimits = { whole: 15_000, connect: 5_000, body: 2_000 }

/**
 * Creates the connections to webhook receivers. They follow no redirects, use no proxy from the environment, send
 * no cookies and decompress no bodies.
 */
export function createReceivers({ limits = defaultLimits, ...options }: ReceiverOptions): Receivers {
  const { rules, publicUrl, certificates, resolve = createResolver() } = options
  const agent = new Agent({
    connect: createConnector({ rules, resolve, timeout: limits.connect, certificates }),
    pipelining: 1,
    maxHeaderSize: 16_384,
    keepAliveTimeout: 10_000,
    keepAliveMaxTimeout: 10_000,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const userAgent = `billing-onboarding/1 (+${publicUrl}/docs)`
  const post: Post = async (request) => {
    const began = performance.now()
    const timeLimit = new AbortController()
    const timer = setTimeout(() => timeLimit.abort(), limits.whole)
    const left = () => Math.max(1, Math.min(limits.body, limits.whole - (performance.now() - began)))
    try {
      const response = await agent.request(requestOf(request, userAgent, timeLimit.signal))
      const now = () => request.at.getTime() + performance.now() - began
      const result = await resultOf(response, left, now)
      const text = result.response === null ? null : withoutSecrets(result.response, secretsIn(request))
      return { ...result, response: text, took: Math.round(performance.now() - began) }
    } catch (error) {
      const reason: TryError = timeLimit.signal.aborted ? 'timeout' : requestReason(error)
      const took = Math.round(performance.now() - began)
      return { status: null, error: reason, response: null, retryAfter: null, took }
    } finally {
      clearTimeout(timer)
    }
  }
  return { post, close: () => agent.destroy() }
}

function requestOf(request: TryRequest, userAgent: string, signal: AbortSignal): Dispatcher.RequestOptions {
  const { origin, pathname, search } = new URL(request.url)
  const signed = { id: request.eventId, timestamp: Math.floor(request.at.getTime() / 1_000), body: request.body }
  const ours = {
    'content-type': 'application/json',
    'user-agent': userAgent,
    ...signatureHeaders(request.secrets, signed),
  }
  const headers = { ...lowerCased(request.headers ?? {}), ...ours }
  return { origin, path: `${pathname}${search}`, method: 'POST', headers, body: request.body, signal }
}

const secretsIn = ({ headers = {}, secrets }: TryRequest) => [...Object.values(headers), ...secrets.map(secretText)]

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** `left` returns the milliseconds that remain for the body, `now` the time in milliseconds since the epoch. */
async function resultOf(
  response: Dispatcher.ResponseData,
  left: () => number,
  now: () => number,
): Promise<Omit<TryResult, 'took'>> {
  const { statusCode: status, headers, body } = response
  const text = await responseText(body, left())
  const error = status < 300 ? null : status < 400 ? 'redirect' : 'status'
  const canWait = status === 429 || status === 503
  return {
    status,
    error,
    // A compressed body would be stored as unreadable bytes.
    response: error && !headers['content-encoding'] ? text : null,
    retryAfter: canWait ? retryAfterSeconds(headers['retry-after'], now()) : null,
  }
}
