import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isCardNumberAsId } from '../../../domain/text/card-numbers.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { PayPalState } from '../../../tools/simulators/paypal/behavior/state.ts'
import { StripeState } from '../../../tools/simulators/stripe/behavior/state.ts'

const file = () => join(temporaryFolder('ids'), 'journal.jsonl')

test("no id of a simulator is rejected as a card number, and Stripe's have the vendor's form", () => {
  const [stripe, paypal] = [
    new StripeState(file(), { id: 'acct_sim_default', livemode: false, shared: {} as never }),
    new PayPalState(file(), { name: 'shop', shared: { url: '' } }),
  ]
  const taken: string[] = []
  for (let i = 0; i < 50_000; i++) {
    const ids = [stripe.newId('ctoken'), stripe.newId('pm'), paypal.newId()]
    taken.push(...ids.filter(isCardNumberAsId))
  }
  expect(taken).toEqual([])
  expect(stripe.newId('ctoken')).toMatch(/^ctoken_1[0-9A-Za-z]{23}$/)
  for (const state of [stripe, paypal]) state.journal.close()
})
