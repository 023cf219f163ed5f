import { ask, saying, untilAnswered, type Answer } from '../answer.ts'
import { controlsOf } from './simulator.ts'

/** Where the vendors' own scripts and pages are. */
interface Vendors {
  stripe: string
  paypal: string | undefined
}

/** The hosted page as its script sees it: the calls beside it, with the link's token. */
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

  /** A confirmation token, made with the publishable key as the card form does. */
  async cardToken(card = '4242424242424242'): Promise<string> {
    const { body, status } = await ask(`${this.vendors.stripe}/v1/confirmation_tokens`, {
      method: 'POST',
      headers: { Authorization: 'Bearer pk_test_world' },
      body: new URLSearchParams({ 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': card }),
    })
    if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`)
    return body.id
  }

  submitToken = (confirmation_token: string, shown: object = { amount: 1500, currency: 'USD' }) =>
    this.call('setup-completed', { gateway: 'stripe', confirmation_token, ...shown })

  /** What the customer is sent to approve at PayPal. */
  openPayPal = () => this.call('payment-session', { gateway: 'paypal' })
  submitPayPalToken = (setup_token: string, shown: object = { amount: 1500, currency: 'USD' }) =>
    this.call('setup-completed', { gateway: 'paypal', setup_token, ...shown })

  /** Approves at PayPal and submits it; returns the refusal where PayPal is not offered. `email`: the payer. */
  async submitPayPal(shown?: object, email?: string): Promise<Answer> {
    const opened = await this.openPayPal()
    if (opened.status !== 200) return opened
    const { body } = opened
    const { setup_token } = body
    await controlsOf(this.vendors.paypal!).simulate('approve', { setup_token, outcome: 'approve', email })
    return this.submitPayPalToken(body.setup_token, shown)
  }

  /** Enters a card and hands it in. */
  async submitCard(card?: string, shown?: object): Promise<Answer> {
    return this.submitToken(await this.cardToken(card), shown)
  }
}
