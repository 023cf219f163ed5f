import type { VoidCode, DeclineCode } from '../../domain/declines.ts'
import type { PaymentAttempt } from '../../store/payment-rows.ts'

/** What the customer is told of an attempt that came to nothing without anybody having said no. */
export function voidCode({ gateway, singleUse }: PaymentAttempt): VoidCode | DeclineCode {
  if (!singleUse) return 'method_not_usable'
  return gateway === 'paypal' ? 'paypal_approval_needed' : 'took_too_long'
}
