export { janitor } from './janitor.ts'
export { money } from './money.ts'
export { onboarding } from './onboarding.ts'
export { replacePaymentMethod } from './replace-payment-method.ts'
