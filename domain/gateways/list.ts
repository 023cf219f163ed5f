import { gatewayNames, type GatewayName } from '../lifecycle.ts'
import type { GatewayFacts } from './facts.ts'
import { paypal, type PayPalSettings } from './paypal.ts'
import { stripe, type StripeAction, type StripeSettings } from './stripe.ts'

// The list of gateways, with their facts for the core.

/** The settings of all gateways. */
export interface GatewaySettings extends PayPalSettings, StripeSettings {}

export const gatewaySettings = { ...paypal.settings, ...stripe.settings }

export const ownDeclineMessages = { ...paypal.declineMessages, ...stripe.declineMessages }
/** The codes of declines that only one gateway has. */
export type OwnDeclineCode = keyof typeof ownDeclineMessages

export const gatewayFacts: Record<GatewayName, GatewayFacts<GatewaySettings, OwnDeclineCode | 'took_too_long'>> = {
  stripe,
  paypal,
}

/** What the page needs for the customer's confirmation with the bank. Never stored and never in Temporal. */
export type ClientAction = StripeAction | { type: 'redirect'; url: string }

/** The gateways at which the customer approves. */
export const approvingGateways = gatewayNames.filter((name) => gatewayFacts[name].isApprovedThere)

/** The gateways as display text: `Stripe or PayPal`. */
export const anyGateway = gatewayNames.map((name) => gatewayFacts[name].title).join(' or ')
