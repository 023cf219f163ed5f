import { randomBytes } from 'node:crypto'
import { startStripeSimulator, type HeardRequest } from '../../simulators/stripe/server.ts'
import { busyTime, type Call } from './busy-time.ts'

/** Starts a Stripe simulator that notes how long each of its calls takes. */
export async function startTimedGateway(folder: string) {
  const calls = new Map<HeardRequest, Call>()
  const now = () => performance.timeOrigin + performance.now()
  const simulator = await startStripeSimulator({
    folder,
    listener: {
      request: (heard) => void calls.set(heard, { began: now() }),
      answer: (heard) => void (calls.get(heard)!.ended = now()),
    },
  })
  const secret = `whsec_${randomBytes(32).toString('hex')}`
  return {
    /** The environment of a local stack that uses this gateway instead of its own. */
    env: {
      STRIPE_TEST_SECRET_KEY: 'sk_test_bench',
      STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_bench',
      STRIPE_TEST_WEBHOOK_SECRET: secret,
      STRIPE_API_URL: simulator.url,
      STRIPE_JS_URL: `${simulator.url}/stripe.js`,
    },
    sendEventsTo: (apiUrl: string) => simulator.sendEventsTo({ url: `${apiUrl}/webhooks/stripe`, secret }),
    /** Returns the milliseconds between two times for which at least one call was under way. */
    busyBetween: (from: number, to: number): number => busyTime([...calls.values()], from, to),
    close: () => simulator.close(),
  }
}
