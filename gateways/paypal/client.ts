import {
  ApiError,
  Client,
  Environment,
  OrdersController,
  PaymentsController,
  TransactionSearchController,
  VaultController,
} from '@paypal/paypal-server-sdk'
import axios, { type AxiosAdapter } from 'axios'
import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import type { PayPalOptions } from './account.ts'
import { otherCallsOf } from './sdk/other-calls.ts'
import { disputesOf } from './disputes.ts'
import { refusalOf, toGatewayError } from './errors.ts'
import { verificationAtPayPal } from './verify-at-paypal.ts'

type PayPalAccess = Pick<PayPalOptions, 'clientId' | 'clientSecret' | 'live' | 'apiUrl' | 'timeout'>

interface Connection {
  orders: OrdersController
  payments: PaymentsController
  vault: VaultController
  transactions: TransactionSearchController
  disputes: ReturnType<typeof disputesOf>
  other: ReturnType<typeof otherCallsOf>
  verification: ReturnType<typeof verificationAtPayPal>
  /** Whether it failed to get an access token, or its token is no longer accepted. */
  spent: boolean
}

/** Makes one call and throws the errors of the SDK unchanged. */
export type RawCall = <T>(work: (paypal: Connection) => Promise<T>) => Promise<T>
export interface PayPalClient {
  raw: RawCall
  /** As `raw`, but throws GatewayErrors. */
  call: RawCall
}

const tokenPath = '/v1/oauth2/token'
const largestAnswer = 2_000_000

/**
 * Sets what the SDK cannot be configured to do: another host, limits of time and size, and no proxy from the
 * environment.
 */
function adapterFor({ live, apiUrl, timeout }: PayPalAccess, onTokenFailure: () => void): AxiosAdapter {
  const inner = axios.getAdapter('http')
  const host = live ? 'api-m.paypal.com' : 'api-m.sandbox.paypal.com'
  const target = apiUrl ? new URL(apiUrl) : undefined
  return async (config) => {
    const url = new URL(config.url!)
    if (url.protocol !== 'https:' || url.host !== host) throw new GatewayError('refused', 'unexpected_host')
    const isTokenCall = url.pathname === tokenPath
    if (target) Object.assign(url, { protocol: target.protocol, host: target.host })
    // The timeout of axios restarts with each byte; the signal limits the whole call.
    const limits = { signal: AbortSignal.timeout(timeout), maxContentLength: largestAnswer }
    try {
      const answer = await inner({ ...config, ...limits, url: url.toString(), proxy: false, maxRedirects: 0 })
      if (isTokenCall && answer.status !== 200) onTokenFailure()
      return answer
    } catch (error) {
      if (isTokenCall) onTokenFailure()
      throw error
    }
  }
}

function open(access: PayPalAccess): Connection {
  const { clientId, clientSecret, live, timeout } = access
  const client = new Client({
    environment: live ? Environment.Production : Environment.Sandbox,
    timeout,
    clientCredentialsAuthCredentials: { oAuthClientId: clientId, oAuthClientSecret: clientSecret },
    unstable_httpClientOptions: { adapter: adapterFor(access, () => (connection.spent = true)) },
    httpClientOptions: { retryConfig: { maxNumberOfRetries: 0 } }, // Temporal retries
  })
  const connection: Connection = {
    orders: new OrdersController(client),
    payments: new PaymentsController(client),
    vault: new VaultController(client),
    transactions: new TransactionSearchController(client),
    disputes: disputesOf(client),
    other: otherCallsOf(client),
    verification: verificationAtPayPal(client),
    spent: false,
  }
  return connection
}

/** Returns whether the access token was revoked or lacks newer permissions. The call was not executed. */
function isTokenRefused(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  const { name, issue } = refusalOf(error)
  if (error.statusCode === 401) return true
  return error.statusCode === 403 && name === 'NOT_AUTHORIZED' && (issue === name || issue === 'PERMISSION_DENIED')
}

/**
 * The SDK caches its access token for hours, and a failure to get one forever: no later call of that Client succeeds.
 * Therefore such a Client is discarded. If only the token was rejected, the call is repeated once with a new Client.
 */
export function openPayPal(access: PayPalAccess): PayPalClient {
  let current = open(access)
  const connection = () => (current.spent ? (current = open(access)) : current)
  const raw: RawCall = async (work) => {
    const used = connection()
    try {
      return await work(used)
    } catch (error) {
      if (!isTokenRefused(error)) throw error
      used.spent = true
      return work(connection())
    }
  }
  const call: RawCall = async (work) => {
    try {
      return await raw(work)
    } catch (error) {
      throw toGatewayError(error)
    }
  }
  return { raw, call }
}
