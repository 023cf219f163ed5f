import type { Stripe, StripeElements } from '@stripe/stripe-js'
import { CardError, type GatewayForm } from './gateway-form.ts'
import { appearance, onSchemeChange } from './stripe-appearance.ts'
import { gatewayOf, gatewayUnits, page } from '../page-data.ts'
import { forgetScript, loadScript } from './vendor-scripts.ts'

let stripe: Stripe | undefined
let elements: StripeElements | undefined

/** Throws if the vendor's script does not load. */
async function openStripe(): Promise<Stripe> {
  const { scriptUrl, publishableKey } = gatewayOf('stripe')
  if (!window.Stripe) await loadScript(scriptUrl)
  return (stripe ??= window.Stripe!(publishableKey, { locale: page.language as never }))
}

/** What is charged now. Without a charge the form only saves the card. */
const amount = () => {
  const units = gatewayUnits('stripe')
  return units > 0 ? { mode: 'payment', amount: units } : { mode: 'setup' }
}

/** Shows the vendor's card form, a frame of its own origin. */
async function showCardForm(): Promise<void> {
  const stripe = await openStripe()
  const made = stripe.elements({
    ...amount(),
    currency: page.currency.toLowerCase(),
    setupFutureUsage: 'off_session',
    allowedPaymentMethodTypes: ['card'],
    appearance: appearance(),
  } as never)
  const target = document.getElementById('card-form')!
  target.replaceChildren()
  // Link has its own type of payment method, which the service cannot charge.
  const element = made.create('payment', {
    // Otherwise the form names the gateway account. The page has its own sentences about later charges.
    business: { name: page.company },
    terms: { card: 'never' },
    wallets: { link: 'never' },
  })
  const ready = new Promise<void>((resolve, reject) => {
    element.on('ready', () => resolve())
    element.on('loaderror', () => reject(new Error('the card form did not load')))
  })
  element.mount(target)
  await ready
  elements = made
  onSchemeChange(() => made.update({ appearance: appearance() }))
  target.removeAttribute('aria-busy')
  document.getElementById('card-loading')!.hidden = true
}

/** Creates a single-use token from the input. The form keeps the input, for another attempt. */
async function createToken(): Promise<string> {
  const checked = await elements!.submit()
  // The form itself shows what is missing, and moves the focus there.
  if (checked.error) throw new CardError('')
  const made = await stripe!.createConfirmationToken({ elements: elements!, params: { return_url: page.returnUrl } })
  if (made.error) throw new CardError(made.error.message ?? page.words.alerts.checkInput)
  return made.confirmationToken.id
}

/** Lets the customer confirm with the bank. The service reads the result; it is never taken from the browser. */
export async function answerBank(clientSecret: string): Promise<void> {
  await (await openStripe()).handleNextAction({ clientSecret }).catch(() => undefined)
}

export const stripeForm: GatewayForm = {
  prepare: async () => {
    await showCardForm()
    return async () => ({ gateway: 'stripe', confirmation_token: await createToken() })
  },
  forget: () => forgetScript(gatewayOf('stripe').scriptUrl),
  showAmount: () => elements?.update(amount() as never),
  isPreparedEarly: false,
}
