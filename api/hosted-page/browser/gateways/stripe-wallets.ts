import type {
  ConfirmationToken,
  ExpressPaymentType,
  StripeElements,
  StripeExpressCheckoutElement,
  StripeExpressCheckoutElementOptions,
} from '@stripe/stripe-js'
import { page } from '../page-data.ts'
import type { Begin, CardError } from './gateway-form.ts'

// Wallets above the card form: docs.stripe.com/elements/express-checkout-element. They pay with a card. A script of its
// own, which is loaded beside the vendor's.

const titles: Partial<Record<ExpressPaymentType, string>> = {
  apple_pay: 'Apple Pay',
  google_pay: 'Google Pay',
  link: 'Link',
}

/** What the wallet created; undefined if the customer closed it. */
type Token = Promise<ConfirmationToken | undefined>

export interface CardForm {
  elements: StripeElements
  /** Resolves when the card form is shown. */
  ready: Promise<void>
  begin: Begin
  /** Creates the token of what the customer has approved. */
  createToken(): Promise<ConfirmationToken>
  CardError: new (message: string) => CardError
}

declare global {
  interface Window {
    showWallets?(form: CardForm): Promise<void>
  }
}

const options = (): StripeExpressCheckoutElementOptions => ({
  // The intents of the service accept only cards.
  paymentMethods: { amazonPay: 'never', klarna: 'never', paypal: 'never' },
  business: { name: page.company },
  // A wallet asks its owner for nothing that the card form does not ask for.
  billingAddressRequired: false,
  buttonHeight: 48,
  layout: { maxRows: 1 },
})

/** Shows the customer's wallets once the card form is shown. Resolves when that is done. */
window.showWallets = async (form) => {
  const box = addBox(page.words.form.orCard)
  const element = form.elements.create('expressCheckout', options())
  listen(element, form)
  const isAny = new Promise<boolean>((resolve) => {
    element.on('ready', ({ availablePaymentMethods: available }) =>
      resolve(Object.values(available ?? {}).includes(true)),
    )
    element.on('loaderror', () => resolve(false))
  })
  element.mount(box.firstElementChild as HTMLElement)
  await form.ready
  // The form does not move from under a customer who is already in it.
  if ((await isAny) && !document.activeElement?.closest('#card')) box.style.cssText = ''
}

/** Adds the place of the wallets. The vendor's script needs its width before it is known whether it is shown. */
function addBox(orCard: string): HTMLElement {
  document.getElementById('wallets')?.remove()
  const box = document.createElement('div')
  box.id = 'wallets'
  box.style.cssText = 'position:absolute;width:100%;visibility:hidden'
  const or = document.createElement('p')
  or.style.cssText = 'display:flex;align-items:center;gap:.75rem;color:var(--quiet)'
  const line = 'flex:1;border-top:1px solid var(--edge)'
  const words = document.createElement('span')
  // Translated with the page (`language/translation.ts`).
  words.id = 'or-card'
  words.textContent = orCard
  for (const part of [document.createElement('span'), words, document.createElement('span')]) {
    if (part !== words) part.style.cssText = line
    or.append(part)
  }
  box.append(document.createElement('div'), or)
  document.getElementById('card')!.prepend(box)
  return box
}

/** Submits what the customer approves in a wallet. One that is closed is no error. */
function listen(element: StripeExpressCheckoutElement, { begin, createToken, CardError }: CardForm): void {
  const inputs = document.getElementById('inputs')!
  let settle: ((token: Token) => void) | undefined
  const open = (type: ExpressPaymentType) => {
    let resolve!: (token: Token) => void
    const token = new Promise<ConfirmationToken | undefined>((resolver) => (resolve = resolver))
    const method = async () => {
      const made = await token
      // It may contain what is not a card, which the service cannot charge.
      if (made?.payment_method_preview.type !== 'card') throw new CardError(made ? page.words.alerts.refused : '')
      return { confirmation_token: made.id }
    }
    if (!begin(method, page.words.status.atGateway.replace('{gateway}', titles[type] ?? type))) return false
    settle = resolve
    // While the wallet is open, it may need the focus in the vendor's frame.
    inputs.inert = false
    return true
  }
  element.on('click', ({ expressPaymentType, resolve, reject }) => (open(expressPaymentType) ? resolve() : reject()))
  const answer = (token: Token) => {
    settle!(token)
    settle = undefined
  }
  element.on('cancel', () => settle && answer(Promise.resolve(undefined)))
  element.on('confirm', ({ expressPaymentType, paymentFailed }) => {
    // After a failure the wallet stays open, and its owner can choose another card.
    if (!settle && !open(expressPaymentType)) return paymentFailed()
    inputs.inert = true
    const created = createToken()
    created.catch(() => paymentFailed())
    answer(created)
  })
}
