import { rmSync } from 'node:fs'
import Stripe from 'stripe'
import { afterEach, beforeEach } from 'vitest'
import type { StripeSimulator } from '../../../tools/simulators/stripe/server.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { ask, saying, type Answer } from '../answer.ts'
import { startJudgedSimulator } from '../judge/judged-simulator.ts'

/** The Stripe simulator of the current test, empty at the start. */
export let simulator: StripeSimulator
let folder: string

/** Gives each test of the file an empty Stripe simulator, which every key can call. */
export function eachWithAccounts(): void {
  beforeEach(async () => {
    folder = temporaryFolder('accounts')
    simulator = await startJudgedSimulator({ folder })
  })
  afterEach(async () => {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
}

/** Restarts the simulator with its data from disk. */
export async function restart(): Promise<void> {
  await simulator.close()
  simulator = await startJudgedSimulator({ folder })
}

/** Returns the SDK's client for a key, acting on a connected account if it is given. */
export function connect(key: string, stripeAccount?: string): Stripe {
  const { hostname: host, port } = new URL(simulator.url)
  const options = { host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 } as const
  return new Stripe(key, { ...options, ...(stripeAccount ? { stripeAccount } : {}) })
}

/** Calls a control of the simulator: POST with a body, otherwise GET. */
export const control = async (path: string, body?: object): Promise<Answer['body']> =>
  (await ask(`${simulator.url}/_sim/${path}`, saying(body))).body

/** Returns how Stripe rejects a call, or undefined. */
export const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    ({ statusCode, code, message, param }: InstanceType<typeof Stripe.errors.StripeError>) => ({
      statusCode,
      code,
      message,
      param,
    }),
  )

/** Creates a customer and charges it. */
export async function pay(stripe: Stripe): Promise<Stripe.PaymentIntent> {
  const customer = await stripe.customers.create({})
  const intent = await stripe.paymentIntents.create({ amount: 1500, currency: 'usd', customer: customer.id })
  const return_url = 'https://shop.example/back'
  return stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa', return_url })
}

/** Creates a confirmation token as the card form does. */
export const browserToken = async (key: string, more: Record<string, string> = {}): Promise<Answer> =>
  ask(`${simulator.url}/v1/confirmation_tokens`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}` },
    body: new URLSearchParams({
      'payment_method_data[type]': 'card',
      'payment_method_data[card][number]': '4242 4242 4242 4242',
      ...more,
    }),
  })

/** Returns the number of calls that named another account or an object of it. */
export const crossAccount = async (): Promise<number> => (await control('accounts')).cross_account
