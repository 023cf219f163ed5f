import { defaultName } from '../../accounts.ts'
import { StripeAnswer } from '../errors.ts'
import type { StripeState } from '../behavior/state.ts'

/** A key of an account: secret, restricted or publishable. */
export interface ApiKey {
  text: string
  kind: 'sk' | 'rk' | 'pk'
  livemode: boolean
  /** The name of the account. */
  account: string
  /** What a restricted key may do, such as `charge_write`. Without it, everything. */
  permissions?: string[] | undefined
}

/** A key that was created by rolling another, restricted, or given an end. */
interface StoredKey {
  account: string
  permissions?: string[] | undefined
  expires_at?: number
}

/** The names in the keys of the default account: of `npm start`, chaos, the benchmarks and the tests. */
const namesOfDefault = ['simulator', 'chaos', 'storm', 'bench', 'production', 'world', 'dashboard', 'by_hand', 'x']

const form = /^(sk|rk|pk)_(test|live)_(\w{1,80})$/

/** Returns a key as the vendor shows it in errors: all but its kind and its last four characters are stars. */
export const masked = (key: string): string =>
  key.replace(/^((?:[srp]k_(?:test|live)_)?)(.*?)(.{0,4})$/s, (_, kind, hidden, end) =>
    [kind, '*'.repeat((hidden as string).length), end].join(''),
  )

const unauthorized = (message: string, details: object = {}) =>
  new StripeAnswer(401, { type: 'invalid_request_error', message, ...details })

/** The keys of all accounts. The name in a key determines its account: `sk_test_shop` is of `acct_sim_shop`. */
export class ApiKeys {
  private readonly state: StripeState

  /** `state`: that of the default account, which stores the keys that were changed. */
  constructor(state: StripeState) {
    this.state = state
  }

  /** Returns the key of a request. Throws 401 if it is none, or has expired. */
  of(authorization: string): ApiKey {
    const text = /^Bearer (.*)$/.exec(authorization)?.[1]
    if (!text)
      throw unauthorized(
        'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer ' +
          "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for " +
          'details, or we can help at https://support.stripe.com/.',
      )
    const key = this.parse(text)
    if (!key) throw invalidKey(text)
    const { expires_at = Infinity } = this.stored(text) ?? {}
    if (expires_at <= this.state.now())
      throw unauthorized(`Expired API Key provided: ${masked(text)}`, { code: 'api_key_expired' })
    return key
  }

  /** Ends a key after these seconds, as the dashboard does. The account's other keys stay valid. */
  revoke(text: string, after = 0): void {
    this.change(text, { expires_at: this.state.now() + after })
  }

  /** Creates a key of the same account and kind, and ends the old one. Returns the new key. */
  roll(text: string, after = 0): string {
    const { account, permissions } = this.known(text)
    const rolled = `${text.replace(/_rolled_\d+$/, '')}_rolled_${this.state.journal.count('api_keys') + 1}`
    this.state.journal.put('api_keys', rolled, { account, permissions } satisfies StoredKey)
    this.revoke(text, after)
    return rolled
  }

  /** Sets what a restricted key may do. */
  restrict(text: string, permissions: string[]): void {
    if (this.known(text).kind !== 'rk') throw new Error('only a restricted key (rk_…) has permissions')
    this.change(text, { permissions })
  }

  private change(text: string, change: Partial<StoredKey>): void {
    const stored = this.stored(text) ?? { account: this.known(text).account }
    this.state.journal.put('api_keys', text, { ...stored, ...change })
  }

  private known(text: string): ApiKey {
    const key = this.parse(text)
    if (!key) throw new Error(`not a key: ${masked(text)}`)
    return key
  }

  private stored = (text: string) => this.state.journal.get<StoredKey>('api_keys', text)

  private parse(text: string): ApiKey | undefined {
    const [, kind, mode, name] = form.exec(text) ?? []
    if (!kind || !name) return undefined
    const { account, permissions } = this.stored(text) ?? {}
    const ofName = namesOfDefault.includes(name) ? defaultName : name
    return { text, kind: kind as ApiKey['kind'], livemode: mode === 'live', account: account ?? ofName, permissions }
  }
}

export const invalidKey = (text: string) => unauthorized(`Invalid API Key provided: ${masked(text)}`)
