import type Stripe from 'stripe'
import { TestHelperUnsupported, type TestOutcome } from '../../domain/payment/test-helpers.ts'
import type { TestHelpers } from '../gateway.ts'
import type { StripeOptions } from './client.ts'
import { call } from './errors.ts'

/** Test payment methods (docs.stripe.com/testing). The simulator alone has the one that stays `processing`. */
const methods: Record<TestOutcome, string> = {
  pays: 'pm_card_visa',
  declined: 'pm_card_visa_chargeDeclined',
  requires_action: 'pm_card_authenticationRequired',
  disputed: 'pm_card_createDispute',
  processing: 'pm_card_simulator_processing',
}

/**
 * Returns the test helpers of Stripe. `processing` and `dispute` exist only at the simulator (`apiUrl` is set): Stripe
 * has no test card that stays in processing, and no call that disputes a payment.
 */
export function stripeTestHelpers(
  stripe: Stripe,
  { apiUrl, returnUrl, timeout }: Pick<StripeOptions, 'apiUrl' | 'returnUrl' | 'timeout'>,
): TestHelpers {
  const atSimulator = async (path: string, body: object, instead: string) => {
    if (!apiUrl) throw new TestHelperUnsupported(instead)
    const headers = { 'Content-Type': 'application/json' }
    const signal = AbortSignal.timeout(timeout)
    const { ok } = await fetch(new URL(path, apiUrl), { method: 'POST', headers, body: JSON.stringify(body), signal })
    if (!ok) throw new TestHelperUnsupported(instead)
  }
  return {
    newToken: async (outcome, key) => {
      if (outcome === 'processing' && !apiUrl)
        throw new TestHelperUnsupported('Stripe has no test card whose payment remains processing')
      const token = {
        payment_method: methods[outcome],
        return_url: returnUrl,
        setup_future_usage: 'off_session' as const,
      }
      return (await call(() => stripe.testHelpers.confirmationTokens.create(token, { idempotencyKey: key }))).id
    },
    methodThat: (outcome) => methods[outcome],
    decide: ({ id }, outcome) =>
      atSimulator(
        '/_sim/authenticate',
        { payment_intent: id, outcome: outcome === 'pays' ? 'succeed' : 'fail' },
        'Stripe decides on this payment; wait for its event',
      ),
    dispute: async ({ id }) => {
      const { latest_charge: charge } = await call(() => stripe.paymentIntents.retrieve(id))
      await atSimulator(
        '/_sim/disputes',
        { charge },
        'Stripe has no call that disputes a payment; submit with the outcome disputed instead',
      )
    },
  }
}
