import type { Account } from '../../account.ts'
import { Accounts, defaultName } from '../../accounts.ts'
import { accountInvalid, StripeAnswer } from '../errors.ts'
import { StripeState } from '../behavior/state.ts'
import { ApiKeys, masked, type ApiKey } from './api-keys.ts'
import { Keys } from './idempotency.ts'
import { Load } from './load.ts'

/** An account in one mode, with everything that the vendor keeps apart from other accounts. */
export interface StripeAccount {
  state: StripeState
  keys: Keys
  load: Load
}

/** Who makes a call, and on which account it acts. */
export interface Caller {
  account: StripeAccount
  key?: ApiKey
  /** Why the call is rejected before anything else is looked at. */
  refusal?: StripeAnswer
}

const liveSuffix = '.live'
const nameOf = (account: string, livemode: boolean) => `${account}${livemode ? liveSuffix : ''}`

function openAccount(name: string, file: string, clock?: Account): StripeAccount {
  const livemode = name.endsWith(liveSuffix)
  const account = name.replace(liveSuffix, '')
  const state = new StripeState(file, { id: `acct_sim_${account}`, livemode, clock })
  return { state, keys: new Keys(state), load: new Load(state) }
}

/** The accounts at Stripe. A key determines the account; an account has separate data in test and live mode. */
export class StripeAccounts extends Accounts<StripeAccount> {
  readonly apiKeys: ApiKeys

  constructor(folder: string) {
    super(folder, 'stripe', openAccount)
    this.apiKeys = new ApiKeys(this.default.state)
  }

  /** Returns the caller of a request. With an invalid key it is the default account, with a refusal. */
  callerOf(authorization: string, path = ''): Caller {
    try {
      const key = this.apiKeys.of(authorization)
      const account = this.named(nameOf(key.account, key.livemode))
      const [, wanted = account.state.id] = /^\/v1\/accounts\/([^/]+)/.exec(path) ?? []
      const refusal = wanted === account.state.id ? {} : { refusal: accountInvalid(masked(key.text), wanted) }
      return { account, key, ...refusal }
    } catch (error) {
      if (error instanceof StripeAnswer) return { account: this.default, refusal: error }
      throw error
    }
  }

  /** Returns the account that a control names in its query: by id (`account`), or by a key. By default the default. */
  asked({ account, key, live }: Record<string, string>): StripeAccount {
    if (key) return this.callerOf(`Bearer ${key}`).account
    return this.named(nameOf(account?.replace(/^acct_sim_/, '') ?? defaultName, live === 'true'))
  }
}
