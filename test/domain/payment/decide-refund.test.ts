import { expect, test } from 'vitest'
import { decideRefund, type Refunds } from '../../../domain/payment/decide-refund.ts'

const none: Refunds = { returned: 0, pending: 0, failed: false, id: null }

test.each([
  ['nothing went back', none, { do: 'request', amount: 1500 }],
  ['all went back', { ...none, returned: 1500 }, { do: 'record', state: 'succeeded' }],
  ['all is under way', { ...none, pending: 1500 }, { do: 'record', state: 'pending' }],
  [
    'a part went back, the rest is under way',
    { ...none, returned: 500, pending: 1000 },
    { do: 'record', state: 'pending' },
  ],
  ['a part went back', { ...none, returned: 500 }, { do: 'request', amount: 1000 }],
  ['a part is under way', { ...none, pending: 500 }, { do: 'request', amount: 1000 }],
  ['it failed', { ...none, failed: true }, { do: 'record', state: 'failed' }],
  [
    'it failed, and a person returned it since',
    { ...none, returned: 1500, failed: true },
    { do: 'record', state: 'succeeded' },
  ],
] as const)('%s', (_name, refunds, decision) => {
  expect(decideRefund(1500, refunds)).toEqual(decision)
})
