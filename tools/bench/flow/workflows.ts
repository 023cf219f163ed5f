export { naiveOnboarding } from './naive/workflow.ts'
export { onboarding } from '../../../workflows/onboarding.ts'
