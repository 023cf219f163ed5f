import type { GatewayName } from '../../../../domain/lifecycle.ts'
import type { GatewayForm, SecretAction } from './gateway-form.ts'
import { payPalForm } from './paypal.ts'
import { answerBank, stripeForm } from './stripe.ts'

// The list of gateways, with what the page does for each.

export const forms: Record<GatewayName, GatewayForm> = { stripe: stripeForm, paypal: payPalForm }

/** How the customer confirms with the bank, by the type of the action. */
export const answers: Record<SecretAction['type'], (action: SecretAction) => Promise<void>> = {
  stripe_next_action: answerBank,
}
