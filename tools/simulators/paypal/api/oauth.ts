import { randomBytes } from 'node:crypto'
import { featureFor, scopesOf, type Feature } from '../behavior/features.ts'
import type { PayPalState } from '../behavior/state.ts'

export const tokenPath = '/v1/oauth2/token'
const livesFor = 9 * 3600

interface Grant {
  token: string
  expires: number
  features: Feature[]
}

/** Grants a token for client credentials: any id that does not begin with `bad`, with a secret that is in force. */
export function grantToken(state: PayPalState, authorization: string, body: string): { status: number; body: object } {
  const [id = '', secret = ''] = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':')
  if (new URLSearchParams(body).get('grant_type') !== 'client_credentials')
    return failure(400, 'unsupported_grant_type', 'Grant Type is NULL')
  if (!authorization.startsWith('Basic ') || !id || !secret || id.startsWith('bad') || isRevoked(state, id, secret))
    return failure(401, 'invalid_client', 'Client Authentication failed')
  const token = `A21AA${randomBytes(24).toString('base64url')}`
  const { features } = state.settings()
  state.journal.put('tokens', token, { token, expires: state.now() + livesFor, features } satisfies Grant)
  const scope = [...scopesOf(features), 'openid'].join(' ')
  const nonce = `${new Date().toISOString()}${randomBytes(16).toString('hex')}`
  const rest = { token_type: 'Bearer', app_id: 'APP-80W284485P519543T', expires_in: livesFor, nonce }
  return { status: 200, body: { scope, access_token: token, ...rest } }
}

/** Ends a client's secret. Its tokens stay valid until they expire. */
export const revokeSecret = (state: PayPalState, clientId: string, secret: string): void =>
  state.journal.put('revoked_secrets', `${clientId} ${secret}`, true)

const isRevoked = (state: PayPalState, clientId: string, secret: string): boolean =>
  state.journal.get<boolean>('revoked_secrets', `${clientId} ${secret}`) === true

export const failure = (status: number, error: string, error_description: string) => ({
  status,
  body: { error, error_description },
})

/** Returns whether a token is valid for a path. A feature enabled after the token was created requires a new token. */
export function permission(state: PayPalState, authorization: string, path: string): 'given' | 'no_token' | 'no_scope' {
  const grant = state.journal.get<Grant>('tokens', authorization.replace(/^Bearer /, ''))
  if (!authorization.startsWith('Bearer ') || !grant || grant.expires <= state.now()) return 'no_token'
  const needed = featureFor(path)
  const has = !needed || (grant.features.includes(needed) && state.settings().features.includes(needed))
  return has ? 'given' : 'no_scope'
}

export function revokeTokens(state: PayPalState): void {
  for (const { token } of state.journal.list<Grant>('tokens')) state.journal.remove('tokens', token)
}
