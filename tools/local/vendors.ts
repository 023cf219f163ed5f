import { join } from 'node:path'
import { startPayPalSimulator, type PayPalSimulator } from '../simulators/paypal/server.ts'
import { startStripeSimulator, type StripeSimulator } from '../simulators/stripe/server.ts'
import { ownFolder } from './folders.ts'
import { freePort, withFixedPort } from './ports.ts'
import type { StackContext } from './stack-context.ts'

/** A vendor's simulator, and the environment variables that point API and worker to it. Empty with real keys. */
interface Vendor<Simulator> {
  simulator?: Simulator
  env: Record<string, string>
}

const payPalWebhookId = 'WHOFTHESIMULATOR'

export async function startVendors(context: StackContext) {
  const [stripe, paypal] = await context.together(startStripe(context), startPayPal(context))
  return {
    stripe,
    paypal,
    /** Makes the simulators send their events to the API at this URL. */
    sendEventsTo(apiUrl: string): void {
      const webhooks = `${apiUrl}/webhooks`
      const secret = context.secrets.stripeWebhooks
      const connect = { url: `${webhooks}/stripe/connect`, secret }
      stripe.simulator?.sendEventsTo({ url: `${webhooks}/stripe`, secret, connect })
      paypal.simulator?.sendEventsTo({ url: `${webhooks}/paypal`, webhookId: payPalWebhookId })
    },
  }
}

/** The folder of the simulators' journals, which have keys and tokens. */
const journalsIn = (folder: string) => ownFolder(join(folder, 'simulators'))

async function startStripe({
  env,
  folder,
  secrets,
  say,
  onStop,
  signal,
}: StackContext): Promise<Vendor<StripeSimulator>> {
  if (env.STRIPE_TEST_SECRET_KEY) return { env: {} }
  say('starting the Stripe simulator')
  const start = withFixedPort(await freePort(12_111), (port) =>
    startStripeSimulator({ folder: journalsIn(folder), port, judge: 'if-cached' }),
  )
  const simulator = await start(signal)
  onStop(() => simulator.close())
  const own = {
    STRIPE_TEST_SECRET_KEY: 'sk_test_simulator',
    STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_simulator',
    STRIPE_TEST_WEBHOOK_SECRET: secrets.stripeWebhooks,
    STRIPE_TEST_CONNECT_WEBHOOK_SECRET: secrets.stripeWebhooks,
    STRIPE_API_URL: simulator.url,
    STRIPE_JS_URL: `${simulator.url}/stripe.js`,
  }
  return { simulator, env: own }
}

async function startPayPal({ env, folder, say, onStop, signal }: StackContext): Promise<Vendor<PayPalSimulator>> {
  if (env.PAYPAL_TEST_CLIENT_ID) return { env: {} }
  say('starting the PayPal simulator')
  const start = withFixedPort(await freePort(12_112), (port) =>
    startPayPalSimulator({ folder: journalsIn(folder), port }),
  )
  const simulator = await start(signal)
  onStop(() => simulator.close())
  const own = {
    PAYPAL_TEST_CLIENT_ID: 'client-of-the-simulator',
    PAYPAL_TEST_CLIENT_SECRET: 'only-for-the-simulator',
    PAYPAL_TEST_WEBHOOK_ID: payPalWebhookId,
    PAYPAL_API_URL: simulator.url,
    PAYPAL_JS_URL: `${simulator.url}/web-sdk/v6/core`,
    PAYPAL_WEBHOOK_ROOT: simulator.rootCertificate,
  }
  return { simulator, env: own }
}
