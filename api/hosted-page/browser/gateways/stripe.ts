import type { ConfirmationToken, Stripe, StripeElements } from '@stripe/stripe-js'
import { CardError, type Begin, type GatewayForm, type SecretAction } from './gateway-form.ts'
import { appearance, onSchemeChange } from './stripe-appearance.ts'
import { byId, gatewayOf, gatewayUnits, page } from '../page-data.ts'
import type {} from './stripe-wallets.ts'
import { forgetScript, loadScript } from './vendor-scripts.ts'

let stripe: Stripe | undefined
let elements: StripeElements | undefined

/** Throws if the vendor's script does not load. */
async function openStripe(publishableKey = gatewayOf('stripe').publishableKey): Promise<Stripe> {
  if (!window.Stripe) await loadScript(gatewayOf('stripe').scriptUrl)
  const [key, stripeAccount] = publishableKey.split(' ')
  return window.Stripe!(key!, { locale: page.language, stripeAccount } as never)
}

/** What is charged now. Without a charge the form only saves the card. */
const amount = () => {
  const amount = gatewayUnits('stripe')
  return amount > 0 ? { mode: 'payment', amount } : { mode: 'setup' }
}

/** Shows the vendor's card form, a frame of its own origin, and above it the customer's wallets. */
async function showForm(begin: Begin): Promise<void> {
  stripe ||= await openStripe()
  const made = stripe.elements({
    ...amount(),
    currency: page.currency.toLowerCase(),
    setupFutureUsage: 'off_session',
    allowedPaymentMethodTypes: ['card'],
    appearance: appearance(),
  } as never)
  const target = byId('card-form')!
  target.replaceChildren()
  const element = made.create('payment', {
    // Otherwise the form names the gateway account. The page has its own sentences about later charges.
    business: { name: page.company },
    terms: { card: 'never' },
    // They have buttons of their own.
    wallets: { applePay: 'never', googlePay: 'never', link: 'never' },
  })
  const ready = new Promise<void>((resolve, reject) => {
    element.on('ready', resolve as () => void)
    element.on('loaderror', reject)
  })
  element.mount(target)
  // Without the wallets, the card form is complete.
  loadScript(page.walletsScript)
    .then(() => window.showWallets!({ elements: made, ready, begin, createToken, CardError }))
    .catch(() => {})
  await ready
  elements = made
  onSchemeChange(() => made.update({ appearance: appearance() }))
  target.removeAttribute('aria-busy')
  byId('card-loading')!.hidden = true
}

/** Creates a single-use token from the input or from the wallet. The form keeps the input, for another attempt. */
async function createToken(): Promise<ConfirmationToken> {
  const checked = await elements!.submit()
  // The form itself shows what is missing, and moves the focus there.
  if (checked.error) throw new CardError('')
  const made = await stripe!.createConfirmationToken({ elements: elements!, params: { return_url: page.returnUrl } })
  if (made.error) throw new CardError(made.error.message ?? page.words.alerts.checkInput)
  return made.confirmationToken
}

/**
 * Lets the customer confirm with the bank, at the account of the payment. The service reads the result; it is never
 * taken from the browser.
 */
export async function answerBank({ client_secret: clientSecret, publishable_key }: SecretAction): Promise<void> {
  await (await openStripe(publishable_key)).handleNextAction({ clientSecret }).catch(String)
}

export const stripeForm: GatewayForm = {
  prepare: async (begin) => {
    await showForm(begin)
    return async () => ({ confirmation_token: (await createToken()).id })
  },
  forget: () => forgetScript(gatewayOf('stripe').scriptUrl),
  refresh: () => elements?.update({ ...amount(), locale: page.language } as never),
  isPreparedEarly: false,
}
