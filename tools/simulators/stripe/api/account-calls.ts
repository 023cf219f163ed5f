import { accountView } from '../accounts/account-view.ts'
import type { Call } from './call.ts'

/** The calls about accounts. An account's id in the path determines on which account a call acts. */
export const accountCalls: Call[] = [
  {
    method: 'GET',
    path: '/v1/account',
    params: ['expand'],
    run: accountView,
  },
  {
    method: 'GET',
    path: '/v1/accounts/:id',
    params: ['expand'],
    run: accountView,
  },
]
