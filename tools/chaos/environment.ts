// What the parts of a run are told: places, and secrets that are none.

/** Low ports: while a server is away, no outgoing connection of another program can be given its port. */
export interface Ports {
  postgres: number
  temporal: number
  stripe: number
  paypal: number
  api: number
}

/** Of no other server than those of the run. */
export const passwords = {
  postgres: 'only-for-chaos',
  webhooks: 'whsec_chaos',
  paypal: 'only-for-chaos',
  links: 'a-secret-of-a-run-of-chaos-and-no-other',
}
export const stripeKeys = { secret: 'sk_test_chaos', publishable: 'pk_test_chaos' }
export const payPalWebhookId = 'WHOFCHAOS'

/** What programs need of this process's environment, and nothing that would lead them to servers of somebody else. */
export function ofThisMachine(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

/** How API and worker are told where everything is, and that time is short. */
export function environment(
  ports: Ports,
  urls: { databaseUrl: string; temporalAddress: string; stripeUrl: string; paypalUrl: string; apiUrl: string },
  payPalRoot: string,
): NodeJS.ProcessEnv {
  return {
    ...ofThisMachine(),
    PORT: String(ports.api),
    PUBLIC_URL: urls.apiUrl,
    DATABASE_URL: urls.databaseUrl,
    TEMPORAL_ADDRESS: urls.temporalAddress,
    SETUP_LINK_SECRETS: passwords.links,
    STRIPE_TEST_SECRET_KEY: stripeKeys.secret,
    STRIPE_TEST_PUBLISHABLE_KEY: stripeKeys.publishable,
    STRIPE_TEST_WEBHOOK_SECRET: passwords.webhooks,
    STRIPE_API_URL: urls.stripeUrl,
    STRIPE_JS_URL: `${urls.stripeUrl}/stripe.js`,
    PAYPAL_TEST_CLIENT_ID: 'client-of-chaos',
    PAYPAL_TEST_CLIENT_SECRET: passwords.paypal,
    PAYPAL_TEST_WEBHOOK_ID: payPalWebhookId,
    PAYPAL_API_URL: urls.paypalUrl,
    PAYPAL_JS_URL: `${urls.paypalUrl}/web-sdk/v6/core`,
    PAYPAL_WEBHOOK_ROOT: payPalRoot,
    // Short, so that a run takes minutes: nothing else is different from what is delivered.
    GATEWAY_TIMEOUT_MS: '1500',
    RETRY_PAUSE_MAX_MS: '1000',
    EXPIRY_GRACE_SECONDS: '1',
    LOG_FORMAT: 'json',
    DRAIN_SECONDS: '0',
  }
}
