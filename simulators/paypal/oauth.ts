import { randomBytes } from 'node:crypto'
import type { PayPalState } from './state.ts'

export const tokenPath = '/v1/oauth2/token'
const livesFor = 9 * 3600

interface Grant {
  token: string
  expires: number
}
const scopes = [
  'https://uri.paypal.com/services/payments/payment',
  'https://uri.paypal.com/services/payments/refund',
  'https://uri.paypal.com/services/vault/payment-tokens/read',
  'https://uri.paypal.com/services/vault/payment-tokens/readwrite',
].join(' ')

/** Client credentials for a token: any id and secret, but ids that begin with `bad`. */
export function grantToken(state: PayPalState, authorization: string, body: string): { status: number; body: object } {
  const [id = '', secret = ''] = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':')
  if (new URLSearchParams(body).get('grant_type') !== 'client_credentials')
    return failure(400, 'unsupported_grant_type', 'Grant Type is NULL')
  if (!authorization.startsWith('Basic ') || !id || !secret || id.startsWith('bad'))
    return failure(401, 'invalid_client', 'Client Authentication failed')
  const token = `A21AA${randomBytes(24).toString('base64url')}`
  state.journal.put('tokens', token, { token, expires: state.now() + livesFor } satisfies Grant)
  const nonce = `${new Date().toISOString()}${randomBytes(16).toString('hex')}`
  const rest = { token_type: 'Bearer', app_id: 'APP-80W284485P519543T', expires_in: livesFor, nonce }
  return { status: 200, body: { scope: scopes, access_token: token, ...rest } }
}

export const failure = (status: number, error: string, error_description: string) => ({
  status,
  body: { error, error_description },
})

export function isGranted(state: PayPalState, authorization: string): boolean {
  const grant = state.journal.get<Grant>('tokens', authorization.replace(/^Bearer /, ''))
  return authorization.startsWith('Bearer ') && grant !== undefined && grant.expires > state.now()
}

export function revokeTokens(state: PayPalState): void {
  for (const { token } of state.journal.list<Grant>('tokens')) state.journal.remove('tokens', token)
}
