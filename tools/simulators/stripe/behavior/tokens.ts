import type Stripe from 'stripe'
import { cardOfToken, tokenOfNumber } from './cards.ts'
import { StripeAnswer } from '../errors.ts'
import type { Input } from '../input.ts'
import { methodDetails, type MethodType, type WalletType } from './method-details.ts'
import type { StoredToken, StripeState } from './state.ts'

/** What the form submits: the digits of a card, or the test payment method that a wallet contains. */
interface MethodData {
  type?: MethodType
  card?: { number?: string; token?: string; wallet?: WalletType }
}

/** Creates the token that the card form returns. It can be used once, within twelve hours. */
export function createConfirmationToken(state: StripeState, input: Input): Stripe.ConfirmationToken {
  const data = input.payment_method_data as MethodData | undefined
  const { number, token: inWallet, wallet } = data?.card ?? {}
  const type = data?.type ?? 'card'
  // Link as a type of its own pays with the card that its owner has saved in it.
  const saved = type === 'card' ? (inWallet ?? (input.payment_method as string | undefined)) : 'pm_card_visa'
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
    payment_method_preview: methodDetails(
      cardOfToken(card)!,
      type,
      wallet,
    ) as Stripe.ConfirmationToken.PaymentMethodPreview,
    return_url: (input.return_url as string | undefined) ?? null,
    setup_future_usage: 'off_session',
    setup_intent: null,
    shipping: null,
    use_stripe_sdk: true,
  }
  state.journal.put('confirmation_tokens', token.id, { token, card, type, wallet } satisfies StoredToken)
  return token
}
