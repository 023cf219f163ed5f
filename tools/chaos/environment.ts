// The environment of a run's processes. Its secrets protect nothing.

/** Low ports, which no outgoing connection can take while a server is down. */
export interface Ports {
  postgres: number
  temporal: number
  stripe: number
  paypal: number
  api: number
}

/** Used only by the servers of a run. */
export const passwords = {
  postgres: 'only-for-chaos',
  webhooks: 'whsec_chaos',
  connectWebhooks: 'whsec_chaos_connect',
  paypal: 'only-for-chaos',
  links: 'a-secret-of-a-run-of-chaos-and-no-other',
  gatewayKeys: 'a-gateway-key-of-a-run-of-chaos-and-no-other',
  webhookKeys: 'a-key-of-a-run-of-chaos-and-of-no-other',
}
export const stripeKeys = { secret: 'sk_test_chaos', publishable: 'pk_test_chaos' }
export const payPalWebhookId = 'WHOFCHAOS'

/** Returns the variables that programs need from this process, without any that point to other servers. */
export function baseEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

/** Returns the environment of API and worker: addresses and short timeouts. */
export function environment(
  ports: Ports,
  urls: { databaseUrl: string; temporalAddress: string; stripeUrl: string; paypalUrl: string; apiUrl: string },
  payPalRoot: string,
): NodeJS.ProcessEnv {
  return {
    ...baseEnvironment(),
    PORT: String(ports.api),
    PUBLIC_URL: urls.apiUrl,
    DATABASE_URL: urls.databaseUrl,
    TEMPORAL_ADDRESS: urls.temporalAddress,
    SETUP_LINK_SECRETS: passwords.links,
    WEBHOOK_SECRET_KEYS: passwords.webhookKeys,
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8@1024-65535',
    STRIPE_TEST_SECRET_KEY: stripeKeys.secret,
    STRIPE_TEST_PUBLISHABLE_KEY: stripeKeys.publishable,
    STRIPE_TEST_WEBHOOK_SECRET: passwords.webhooks,
    STRIPE_TEST_CONNECT_WEBHOOK_SECRET: passwords.connectWebhooks,
    GATEWAY_KEYS: passwords.gatewayKeys,
    STRIPE_API_URL: urls.stripeUrl,
    STRIPE_JS_URL: `${urls.stripeUrl}/stripe.js`,
    PAYPAL_TEST_CLIENT_ID: 'client-of-chaos',
    PAYPAL_TEST_CLIENT_SECRET: passwords.paypal,
    PAYPAL_TEST_WEBHOOK_ID: payPalWebhookId,
    PAYPAL_API_URL: urls.paypalUrl,
    PAYPAL_JS_URL: `${urls.paypalUrl}/web-sdk/v6/core`,
    PAYPAL_WEBHOOK_ROOT: payPalRoot,
    // Short, so that a run takes minutes. All other settings are the defaults.
    GATEWAY_TIMEOUT_MS: '1500',
    RETRY_PAUSE_MAX_MS: '1000',
    EXPIRY_GRACE_SECONDS: '1',
    LOG_FORMAT: 'json',
    DRAIN_SECONDS: '0',
  }
}
