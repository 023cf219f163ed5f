import { baseEnvironment } from '../chaos/environment.ts'

/** Seals the secrets of endpoints that only tools deliver to. */
export const webhookKey = 'a-key-of-a-storm-of-webhooks-and-of-no-other'

/** Returns the environment of a worker that only delivers webhooks, also to receivers on loopback. */
export const deliveringEnvironment = (databaseUrl: string, temporalAddress: string): NodeJS.ProcessEnv => ({
  ...baseEnvironment(),
  WORKER_DOES: 'webhooks',
  DATABASE_URL: databaseUrl,
  TEMPORAL_ADDRESS: temporalAddress,
  PUBLIC_URL: 'http://127.0.0.1:8080',
  WEBHOOK_SECRET_KEYS: webhookKey,
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8@1024-65535',
  STRIPE_TEST_SECRET_KEY: 'sk_test_storm',
  STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_storm',
  STRIPE_TEST_WEBHOOK_SECRET: 'whsec_storm',
  LOG_LEVEL: 'warn',
})
