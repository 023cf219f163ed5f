import { readConfig, type Part } from '../../runtime/config.ts'

/** Valid variables for every part of the configuration. */
export const all = {
  DATABASE_URL: 'postgres://localhost/x',
  SETUP_LINK_SECRETS: 'x'.repeat(32),
  WEBHOOK_SECRET_KEYS: 'y'.repeat(32),
  STRIPE_TEST_SECRET_KEY: 'sk_test_1',
  STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_1',
  STRIPE_TEST_WEBHOOK_SECRET: 'whsec_1,whsec_2',
  // Each requires the other.
  TEMPORAL_DEPLOYMENT_NAME: 'billing-onboarding',
  TEMPORAL_WORKER_BUILD_ID: 'v1',
}
export const parts: Part[] = ['database', 'temporal', 'public-url', 'links', 'gateways', 'webhooks']

/** Returns the message of `readConfig`; empty if the variables are valid. */
export const problems = (env: NodeJS.ProcessEnv, of = parts) => {
  try {
    readConfig(env, of)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
