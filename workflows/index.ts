export { money } from './money.ts'
export { onboarding } from './onboarding.ts'
