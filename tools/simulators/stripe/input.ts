import { invalidRequest } from './errors.ts'

export type Input = Record<string, unknown>

/** Returns a required parameter. Throws the vendor's error if it is missing. */
export function requireText(input: Input, name: string): string {
  const value = input[name]
  if (typeof value !== 'string' || value === '')
    throw invalidRequest(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name })
  return value
}

// docs.stripe.com/error-codes#email-invalid. The vendor does not publish its rule for addresses; this one accepts the
// common form.
export function checkEmail(input: Input, param: string): void {
  const value = input[param]
  if (value === undefined || /^[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}$/i.test(String(value))) return
  throw invalidRequest(`Invalid email address: ${String(value)}`, { code: 'email_invalid', param })
}

// docs.stripe.com/get-started/account/statement-descriptors. What is not Latin is rejected too:
// github.com/woocommerce/woocommerce-gateway-stripe/issues/823.
export function checkDescriptor(input: Input, param: string): void {
  const value = input[param]
  if (value === undefined) return
  const text = String(value)
  if (/^[\x20-\x7e\u00a1-\u017f]{1,22}$/.test(text) && /[A-Za-z]/.test(text) && !/[<>\\'"*]/.test(text)) return
  throw invalidRequest(`Invalid statement descriptor: ${text}`, { param })
}
