import type Stripe from 'stripe'
import { cardOfToken, tokenOfNumber } from './cards.ts'
import { StripeAnswer } from '../errors.ts'
import type { Input } from '../input.ts'
import { methodDetails, type MethodType } from './objects.ts'
import type { StoredToken, StripeState } from './state.ts'

/** Creates the token that the card form returns. It can be used once, within twelve hours. */
export function createConfirmationToken(state: StripeState, input: Input): Stripe.ConfirmationToken {
  const data = input.payment_method_data as { type?: MethodType; card?: { number?: string } } | undefined
  const number = data?.card?.number
  const type = data?.type ?? 'card'
  // A wallet pays with the card that its owner has saved in it.
  const saved = type === 'card' ? (input.payment_method as string | undefined) : 'pm_card_visa'
  const card = number === undefined ? saved : tokenOfNumber(number)
  if (!card)
    throw new StripeAnswer(402, {
      type: 'card_error',
      code: 'incorrect_number',
      message: 'Your card number is incorrect.',
      param: 'number',
    })
  const created = state.now()
  const token: Stripe.ConfirmationToken = {
    id: state.newId('ctoken'),
    object: 'confirmation_token',
    created,
    expires_at: created + 12 * 3600,
    livemode: false,
    mandate_data: null,
    metadata: {},
    payment_intent: null,
    payment_method_options: null,
    payment_method_preview: methodDetails(cardOfToken(card)!, type) as Stripe.ConfirmationToken.PaymentMethodPreview,
    return_url: (input.return_url as string | undefined) ?? null,
    setup_future_usage: 'off_session',
    setup_intent: null,
    shipping: null,
    use_stripe_sdk: true,
  }
  state.journal.put('confirmation_tokens', token.id, { token, card, type } satisfies StoredToken)
  return token
}
