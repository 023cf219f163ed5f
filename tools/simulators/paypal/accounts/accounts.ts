import type { Account } from '../../account.ts'
import { Accounts, defaultName } from '../../accounts.ts'
import { RequestIds } from '../behavior/idempotency.ts'
import { PayPalState, type Shared } from '../behavior/state.ts'

/** A merchant's account, with everything that the vendor keeps apart from other accounts. */
export interface PayPalAccount {
  state: PayPalState
  requestIds: RequestIds
}

/** The client ids of the default account: of `npm start`, chaos and the tests. */
const clientsOfDefault = ['client-of-the-simulator', 'client-of-chaos', 'client-of-the-world', 'client', 'id']

/** Returns the name of a client's account: `shop-app2` is another app of the account `shop`. */
const nameOf = (clientId: string) =>
  clientsOfDefault.includes(clientId) ? defaultName : clientId.replace(/-app\d+$/, '') || defaultName

/** The merchant accounts at PayPal. The client id determines the account, and an access token is of its client. */
export class PayPalAccounts extends Accounts<PayPalAccount> {
  constructor(folder: string, shared: Shared) {
    super(folder, 'paypal', (name: string, file: string, clock?: Account) => {
      const state = new PayPalState(file, { name, shared, clock })
      return { state, requestIds: new RequestIds(state) }
    })
  }

  ofClient = (clientId: string): PayPalAccount => this.named(nameOf(clientId))

  /** Returns the account of a request: that of its client, or that of its access token. By default the default one. */
  callerOf(authorization = ''): PayPalAccount {
    const [scheme, credentials = ''] = authorization.split(' ')
    if (scheme !== 'Basic') return this.holding(credentials)
    const [clientId = ''] = Buffer.from(credentials, 'base64').toString().split(':')
    return clientId.startsWith('bad') ? this.default : this.ofClient(clientId)
  }

  /** Returns the account that a control names in its query: by a client id, or by the merchant id. */
  asked({ account = defaultName }: Record<string, string>): PayPalAccount {
    return this.all().find(({ state }) => state.id === account) ?? this.ofClient(account)
  }
}
