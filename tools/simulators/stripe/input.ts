import { invalidRequest } from './errors.ts'

export type Input = Record<string, unknown>

/** A parameter that the call cannot do without. */
export function requireText(input: Input, name: string): string {
  const value = input[name]
  if (typeof value !== 'string' || value === '')
    throw invalidRequest(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name })
  return value
}

// docs.stripe.com/error-codes#email-invalid. What the vendor takes for an address is not published; this is the plain
// kind.
export function checkEmail(input: Input, param: string): void {
  const value = input[param]
  if (value === undefined || /^[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}$/i.test(String(value))) return
  throw invalidRequest(`Invalid email address: ${String(value)}`, { code: 'email_invalid', param })
}
