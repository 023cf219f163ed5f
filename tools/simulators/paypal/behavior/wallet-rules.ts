import { z } from 'zod'
import { declined, PayPalAnswer, refused } from '../errors.ts'
import { text } from '../input.ts'
import { link } from './call.ts'
import type { Order, PayPalState } from './state.ts'

const usagePattern = z.string().regex(/^(IMMEDIATE|DEFERRED|[A-Z]+_(PRE|POST)PAID)$/)

/**
 * A saved wallet in the request of an order or capture:
 * developer.paypal.com/api/orders/v2/definitions/paypal_wallet_stored_credential.
 */
export const walletSource = z
  .object({
    paypal: z.looseObject({
      vault_id: text(255),
      stored_credential: z
        .object({
          payment_initiator: z.enum(['CUSTOMER', 'MERCHANT']),
          usage: z.enum(['FIRST', 'SUBSEQUENT', 'DERIVED']).optional(),
          usage_pattern: usagePattern.optional(),
          charge_pattern: usagePattern.optional(),
        })
        .optional(),
      experience_context: z
        .looseObject({ payment_method_preference: z.enum(['UNRESTRICTED', 'IMMEDIATE_PAYMENT_REQUIRED']).optional() })
        .optional(),
    }),
  })
  .optional()
export type WalletSource = z.infer<typeof walletSource> & object

/**
 * "`usage=FIRST` is compatible only with `payment_initiator=CUSTOMER`" (checkout_orders_v2.json,
 * card_stored_credential). No rule is published for wallets. The same one applies here, because a caller that follows
 * it is correct in either case.
 */
export function validateStoredCredential({ paypal: { stored_credential } }: WalletSource): void {
  if (stored_credential?.usage === 'FIRST' && stored_credential.payment_initiator === 'MERCHANT')
    throw refused('INCOMPATIBLE_PARAMETER_VALUE', { field: '/payment_source/paypal/stored_credential/usage' })
}

/** "For in-country PayPal accounts only": developer.paypal.com/api/rest/reference/currency-codes. */
const inCountry: Record<string, string> = { BRL: 'BR', CNY: 'CN', MYR: 'MY' }

/** Throws if the account does not support the order's currency or saved wallets. */
export function validateAccount(state: PayPalState, { amount }: Order['unit']): void {
  const { country, payer_country, features } = state.settings()
  const only = inCountry[amount.currency_code]
  const at = { field: '/purchase_units/@reference_id==default/amount/currency_code' }
  if (only && country !== only) throw refused('INVALID_CURRENCY_CODE', at)
  if (only && payer_country !== only) throw declined('DOMESTIC_TRANSACTION_REQUIRED')
  // The scope `payments/payment/reference-transaction` of checkout_orders_v2.json.
  if (!features.includes('reference_transactions')) throw new PayPalAnswer(403, [{ issue: 'PERMISSION_DENIED' }])
}

/** Returns the link by which the payer returns to PayPal. */
export const payerAction = (state: PayPalState, { id }: Pick<Order, 'id'>) =>
  link(`${state.url}/checkoutnow?token=${id}`, 'payer-action')
