import type { Stripe, StripeElements } from '@stripe/stripe-js'
import { root } from './calls.ts'
import { CardError, type GatewayForm } from './gateway-form.ts'
import { loadScript, sideOf } from './vendor-scripts.ts'

let stripe: Stripe | undefined

/** Throws if the vendor's script does not load. */
async function openStripe(): Promise<Stripe> {
  const { scriptUrl, publishableKey } = sideOf('stripe')
  if (!window.Stripe) await loadScript(scriptUrl)
  return (stripe ??= window.Stripe!(publishableKey))
}

/** Shows the vendor's card form, a frame of its own origin, and creates a single-use token from the input. */
async function showCardForm(): Promise<{ createToken(): Promise<string> }> {
  const stripe = await openStripe()
  const { units } = sideOf('stripe')
  const { currency, returnUrl } = root().dataset
  const common = {
    currency: currency!.toLowerCase(),
    setupFutureUsage: 'off_session',
    allowedPaymentMethodTypes: ['card'],
  }
  const options = units > 0 ? { mode: 'payment', amount: units, ...common } : { mode: 'setup', ...common }
  const elements: StripeElements = stripe.elements(options as never)
  const target = document.getElementById('card-form')!
  // Link has its own type of payment method, which the service cannot charge.
  const element = elements.create('payment', { wallets: { link: 'never' } })
  const ready = new Promise<void>((resolve, reject) => {
    element.on('ready', () => resolve())
    element.on('loaderror', () => reject(new Error('the card form did not load')))
  })
  element.mount(target)
  await ready
  target.removeAttribute('aria-busy')
  return {
    async createToken() {
      const checked = await elements.submit()
      if (checked.error) throw new CardError(checked.error.message ?? 'Please check what you entered.')
      const made = await stripe.createConfirmationToken({ elements, params: { return_url: returnUrl! } })
      if (made.error) throw new CardError(made.error.message ?? 'Please check what you entered.')
      return made.confirmationToken.id
    },
  }
}

/** Lets the customer confirm with the bank. The service reads the result; it is never taken from the browser. */
export async function answerBank(clientSecret: string): Promise<void> {
  await (await openStripe()).handleNextAction({ clientSecret }).catch(() => undefined)
}

export const stripeForm: GatewayForm = {
  prepare: async () => {
    const card = await showCardForm()
    return async () => ({ gateway: 'stripe', confirmation_token: await card.createToken() })
  },
  isTyped: true,
  isPreparedEarly: false,
  notLoaded:
    'The card form of the payment provider could not be loaded. Please check your connection and reload this page.',
}
