import { accountView } from '../accounts/account-view.ts'
import { createAccount, createAccountLink, listAccounts } from '../accounts/connected.ts'
import type { Call } from './call.ts'

/** The calls about accounts. An account's id in the path determines on which account a call acts. */
export const accountCalls: Call[] = [
  { method: 'GET', path: '/v1/account', params: ['expand'], run: accountView },
  { method: 'GET', path: '/v1/accounts', params: ['limit', 'starting_after', 'expand'], run: listAccounts },
  {
    method: 'POST',
    path: '/v1/accounts',
    params: ['type', 'controller', 'country', 'email', 'business_type', 'capabilities', 'metadata', 'expand'],
    run: createAccount,
  },
  { method: 'GET', path: '/v1/accounts/:id', params: ['expand'], run: accountView },
  {
    method: 'POST',
    path: '/v1/account_links',
    params: ['account', 'type', 'return_url', 'refresh_url', 'collect', 'collection_options', 'expand'],
    run: createAccountLink,
  },
]
