import type { Account } from '../../account.ts'
import { Accounts, defaultName } from '../../accounts.ts'
import { StripeAnswer } from '../errors.ts'
import { StripeState, type Shared } from '../behavior/state.ts'
import { ApiKeys, masked, type ApiKey } from './api-keys.ts'
import { refusalOfConnect } from './connected.ts'
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

/** The name of an account is the one in its keys. A connected account has no keys, and its id as its name. */
const idOf = (name: string) => (name.startsWith('acct_') ? name : `acct_sim_${name}`)

function openAccount(shared: Shared, name: string, file: string, clock?: Account): StripeAccount {
  const livemode = name.endsWith(liveSuffix)
  const state = new StripeState(file, { id: idOf(name.replace(liveSuffix, '')), livemode, clock, shared })
  return { state, keys: new Keys(state), load: new Load(state) }
}

/** The accounts at Stripe. A key determines the account; an account has separate data in test and live mode. */
export class StripeAccounts extends Accounts<StripeAccount> {
  readonly apiKeys: ApiKeys
  readonly shared: Shared

  constructor(folder: string) {
    const shared: Shared = { url: '', account: (id, livemode) => this.withId(id, livemode).state }
    super(folder, 'stripe', (name: string, file: string, clock?: Account) => openAccount(shared, name, file, clock))
    this.shared = shared
    this.apiKeys = new ApiKeys(this.default.state)
  }

  private withId(id: string, livemode: boolean): StripeAccount {
    return this.named(nameOf(id.replace(/^acct_sim_/, ''), livemode))
  }

  /**
   * Returns the caller of a request. With an invalid key it is the default account, with a refusal. A platform acts on
   * the connected account that it names: in the header `Stripe-Account`, or in the path of a call about accounts.
   */
  callerOf(authorization: string, path = '', header?: string): Caller {
    try {
      const key = this.apiKeys.of(authorization)
      const own = this.named(nameOf(key.account, key.livemode))
      const wanted = /^\/v1\/accounts\/([^/]+)/.exec(path)?.[1] ?? header
      if (wanted === undefined || wanted === own.state.id) return { account: own, key }
      const refusal = refusalOfConnect(own.state, masked(key.text), wanted)
      return refusal ? { account: own, key, refusal } : { account: this.withId(wanted, key.livemode), key }
    } catch (error) {
      if (error instanceof StripeAnswer) return { account: this.default, refusal: error }
      throw error
    }
  }

  /** Returns the account that a control names in its query: by id (`account`), or by a key. By default the default. */
  asked({ account, key, live, stripe_account }: Record<string, string>): StripeAccount {
    if (key) return this.callerOf(`Bearer ${key}`, '', stripe_account || undefined).account
    return this.withId(account ?? defaultName, live === 'true')
  }
}
