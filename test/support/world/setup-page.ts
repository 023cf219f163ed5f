import { ask, saying, untilAnswered, type Answer } from '../answer.ts'
import { controlsOf } from './simulator.ts'

/** The URLs of the vendors' scripts and pages. */
interface Vendors {
  stripe: string
  paypal: string | undefined
}

/** The hosted page as its script uses it: the page's calls with the link's token. */
export class SetupPage {
  readonly url: URL
  private readonly vendors: Vendors
  constructor(setupUrl: string, vendors: Vendors) {
    this.url = new URL(setupUrl)
    this.vendors = vendors
  }

  get token(): string {
    return this.url.searchParams.get('token') ?? ''
  }

  open = (headers: Record<string, string> = {}) => untilAnswered(() => ask(this.url.href, { headers }))
  progress = () => this.call('progress')
  actionCompleted = () => this.call('action-completed', {})
  askForNewLink = () => this.call('new-link', {})

  call(name: string, body?: object): Promise<Answer> {
    return untilAnswered(() => ask(`${this.url.origin}${this.url.pathname}/${name}${this.url.search}`, saying(body)))
  }

  /** Creates a confirmation token with the publishable key of an account (`BrowserSide`), as the card form does. */
  async cardToken(card = '4242424242424242', publishableKey = 'pk_test_world'): Promise<string> {
    const [key, connected] = publishableKey.split(' ')
    const { body, status } = await ask(`${this.vendors.stripe}/v1/confirmation_tokens`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, ...(connected ? { 'Stripe-Account': connected } : {}) },
      body: new URLSearchParams({ 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': card }),
    })
    if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`)
    return body.id
  }

  submitToken = (confirmation_token: string, shown: object = { amount: 1500, currency: 'USD' }) =>
    this.call('setup-completed', { gateway: 'stripe', confirmation_token, ...shown })

  /** Opens the session that the customer approves at PayPal. */
  openPayPal = () => this.call('payment-session', { gateway: 'paypal' })
  submitPayPalToken = (setup_token: string, shown: object = { amount: 1500, currency: 'USD' }) =>
    this.call('setup-completed', { gateway: 'paypal', setup_token, ...shown })

  /** Approves at PayPal and submits. Returns the error response if PayPal is not offered. `email` is the payer. */
  async submitPayPal(shown?: object, email?: string): Promise<Answer> {
    const opened = await this.openPayPal()
    if (opened.status !== 200) return opened
    const { body } = opened
    const { setup_token } = body
    await controlsOf(this.vendors.paypal!).simulate('approve', { setup_token, outcome: 'approve', email })
    return this.submitPayPalToken(body.setup_token, shown)
  }

  /** Enters a card and submits it. */
  async submitCard(card?: string, shown?: object, publishableKey?: string): Promise<Answer> {
    return this.submitToken(await this.cardToken(card, publishableKey), shown)
  }
}
