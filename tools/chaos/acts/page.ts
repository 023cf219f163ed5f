import type { PageProgress } from '../../../api/hosted-page/view/model.ts'
import type { Caller } from './calls.ts'
import type { Merchant } from '../merchants.ts'
import type { Servers } from '../servers.ts'
import type { CardTry, Try, WalletTry } from '../styles.ts'

export interface Shop extends Pick<Servers, 'apiUrl' | 'stripeUrl' | 'paypalUrl'> {
  /** The organization of the customer. */
  seeds: Merchant['seeds']
  /** What Stripe's script is opened with: a key, and the connected account if there is one. */
  publishableKey: string
  /** Makes the setup link of a billing customer expire in a second, as an operator can with `npm run admin`. */
  expire(billingCustomerId: string): Promise<void>
}

/** Acts as the hosted page's script and its customer. Each call is retried until it gets a response. */
export class Page {
  private readonly url: URL
  private readonly shop: Shop
  private readonly caller: Caller
  /** Statuses that are permitted because the link may have ended. */
  private readonly ended: number[]
  constructor(setupUrl: string, shop: Shop, caller: Caller, mayHaveEnded: boolean) {
    this.url = new URL(setupUrl)
    this.shop = shop
    this.caller = caller
    this.ended = mayHaveEnded ? [410] : []
  }

  private callOf = (name: string) => `${this.url.origin}${this.url.pathname}/${name}${this.url.search}`

  /** Makes one of the page's calls. Throws on an unexpected status. */
  private async post(name: string, body: object, accepted: number[]): Promise<unknown> {
    const answer = await this.caller.post(this.callOf(name), body)
    if (![...accepted, ...this.ended].includes(answer.status))
      throw new Error(`${this.url.pathname}/${name} answered ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async open(): Promise<void> {
    const { status } = await this.caller.call(this.url.href)
    if (![200, ...this.ended].includes(status)) throw new Error(`${this.url.pathname} answered ${status}`)
  }

  async progress(): Promise<PageProgress> {
    const { status, body } = await this.caller.call(this.callOf('progress'))
    if (status !== 200 && status !== 410) throw new Error(`${this.url.pathname}/progress answered ${status}`)
    return body as PageProgress
  }

  enter = (what: Try, shown: PageProgress) =>
    'cards' in what ? this.enterCards(what, shown) : this.approve(what, shown)

  /** Submits the cards. 409 is permitted: another attempt may be in progress. */
  private async enterCards({ cards, times }: CardTry, { amount, currency }: PageProgress): Promise<void> {
    const tokens = await Promise.all(cards.map((card) => this.makeToken(card)))
    const all = Array.from({ length: times }, () => tokens).flat()
    await Promise.all(
      all.map((confirmation_token) =>
        this.post('setup-completed', { gateway: 'stripe', confirmation_token, amount, currency }, [202, 409]),
      ),
    )
  }

  /** Creates a token with the publishable key, as the vendor's card form does. */
  private async makeToken(card: string): Promise<string> {
    const [key, account] = this.shop.publishableKey.split(' ')
    const { body } = await this.caller.call(`${this.shop.stripeUrl}/v1/confirmation_tokens`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, ...(account ? { 'Stripe-Account': account } : {}) },
      body: new URLSearchParams({ 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': card }),
    })
    return (body as { id: string }).id
  }

  /** Opens a PayPal session, approves it or not, and submits it. */
  private async approve({ approves, payer: email }: WalletTry, { amount, currency }: PageProgress): Promise<void> {
    const session = await this.post('payment-session', { gateway: 'paypal' }, [200, 409])
    const { setup_token } = session as { setup_token?: string }
    if (!setup_token) return
    const approval = { setup_token, outcome: 'approve', email }
    if (approves) await this.caller.post(`${this.shop.paypalUrl}/_sim/approve`, approval)
    await this.post('setup-completed', { gateway: 'paypal', setup_token, amount, currency }, [202, 409])
  }

  /** Completes or fails the bank's challenge. If the bank has its result already, only notifies the run. */
  async answerBank(action: NonNullable<PageProgress['action']>, bank: CardTry['bank']): Promise<void> {
    if (bank === 'leave') return
    if (action.type !== 'stripe_next_action') throw new Error(`unexpected action ${action.type}`)
    const payment_intent = action.client_secret.split('_secret_')[0]!
    await this.caller.post(`${this.shop.stripeUrl}/_sim/authenticate`, { payment_intent, outcome: bank })
    await this.post('action-completed', {}, [202, 410])
  }
}
