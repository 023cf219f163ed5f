import type { Ask, Call } from './call.ts'
import { PayPalAnswer } from '../errors.ts'
import type { PayPalState } from './state.ts'

/**
 * Returns the account of the app: developer.paypal.com/docs/log-in-with-paypal/reference. The payer id of a merchant is
 * its merchant id.
 */
function readUserInfo(state: PayPalState, { query }: Ask) {
  if (query.schema !== 'paypalv1.1')
    throw new PayPalAnswer(400, [
      {
        field: '/schema',
        location: 'query',
        issue: query.schema === undefined ? 'MISSING_REQUIRED_PARAMETER' : 'INVALID_PARAMETER_SYNTAX',
      },
    ])
  const isShown = state.settings().features.includes('account_information')
  return {
    user_id: `https://www.paypal.com/webapps/auth/identity/user/${state.id}`,
    ...(isShown ? { payer_id: state.id, verified_account: 'true' } : {}),
  }
}

export const identityCalls: Call[] = [
  { method: 'GET', path: '/v1/identity/oauth2/userinfo', api: 'identity', read: readUserInfo },
]
