export { janitor } from './reconcile.ts'
export { money } from './settle-charge.ts'
export { onboarding } from './onboarding.ts'
export { replacePaymentMethod } from './replace-payment-method.ts'
