import type { TestCard } from './cards.ts'

/** The supported types of payment methods. Our intents accept only cards. */
export const methodTypes = ['card', 'link'] as const
export type MethodType = (typeof methodTypes)[number]

/** The wallets that the simulated customer can have. They pay with a card, as in integrations for cards. */
export const walletTypes = ['apple_pay', 'google_pay', 'link'] as const
export type WalletType = (typeof walletTypes)[number]

/**
 * Returns the fields that a payment method shares with the preview in a confirmation token. A card can come from a
 * wallet: docs.stripe.com/payments/link/link-payment-integrations, "Link with card integrations".
 */
export function methodDetails(card: TestCard, type: MethodType, wallet?: WalletType) {
  const billing_details = { address: null, email: null, name: null, phone: null, tax_id: null }
  const own = type === 'card' ? { card: cardDetails(card, wallet) } : { link: { email: 'link@example.com' } }
  return { billing_details, customer: null, customer_account: null, type, ...own }
}

const cardDetails = (card: TestCard, wallet: WalletType | undefined) => ({
  brand: card.brand,
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
  country: 'US',
  display_brand: card.brand,
  exp_month: 12,
  exp_year: 2034,
  fingerprint: `sim${card.last4}`,
  funding: 'credit',
  generated_from: null,
  last4: card.last4,
  networks: { available: [card.brand], preferred: null },
  regulated_status: 'unregulated',
  three_d_secure_usage: { supported: true },
  wallet: wallet ? { dynamic_last4: null, [wallet]: {}, type: wallet } : null,
  ...(card.brand === 'link' ? notACard : {}),
})

/** The fixed values of what Link pays with other than a card. */
const notACard = {
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
  display_brand: 'other',
  exp_year: 2040,
  funding: 'unknown',
  three_d_secure_usage: { supported: false },
}
