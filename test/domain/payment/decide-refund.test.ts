import { expect, test } from 'vitest'
import {
  decideRefunds,
  type GatewayRefund,
  type RecordedRefund,
  type RefundStep,
} from '../../../domain/payment/decide-refund.ts'

const row = (values: Partial<RecordedRefund> = {}): RecordedRefund => ({
  id: 'rfd_1',
  amount: 500,
  rest: false,
  state: 'pending',
  gatewayRefundId: null,
  ...values,
})
const rest = (values: Partial<RecordedRefund> = {}) => row({ id: 'rfd_rest', amount: 1500, rest: true, ...values })
const found = (values: Partial<GatewayRefund> = {}): GatewayRefund => ({
  id: 're_1',
  amount: 500,
  state: 'succeeded',
  refundId: null,
  ...values,
})
const byHand = found({ id: 're_by_hand' })

test.each<[string, RecordedRefund[], GatewayRefund[], RefundStep[]]>([
  ['nothing to do', [], [], []],
  ['a part that is not there yet', [row()], [], [{ do: 'request', refund: row(), amount: 500 }]],
  [
    'the response to the request was lost',
    [row()],
    [found({ refundId: 'rfd_1' })],
    [{ do: 'record', refund: row(), found: found({ refundId: 'rfd_1' }) }],
  ],
  ['it is recorded', [row({ gatewayRefundId: 're_1', state: 'succeeded' })], [found()], []],
  [
    'it fails days later',
    [row({ gatewayRefundId: 're_1', state: 'succeeded' })],
    [found({ state: 'failed' })],
    [{ do: 'record', refund: row({ gatewayRefundId: 're_1', state: 'succeeded' }), found: found({ state: 'failed' }) }],
  ],
  ['the gateway has it but does not list it', [row({ gatewayRefundId: 're_1' })], [], []],
  ['someone refunded a part', [], [byHand], [{ do: 'add', found: byHand }]],
  ['a refund of someone else that failed', [], [found({ state: 'failed' })], []],
  [
    'someone refunded a part, and the rest is to be refunded',
    [rest()],
    [byHand],
    [
      { do: 'add', found: byHand },
      { do: 'request', refund: rest(), amount: 1000 },
    ],
  ],
  [
    'someone refunded all of it before the rest was requested',
    [rest()],
    [found({ amount: 1500 })],
    [
      { do: 'add', found: found({ amount: 1500 }) },
      { do: 'give_up', refund: rest(), state: 'canceled' },
    ],
  ],
  [
    'someone refunded so much that a part is no longer left',
    [row()],
    [found({ amount: 1200 })],
    [
      { do: 'add', found: found({ amount: 1200 }) },
      { do: 'give_up', refund: row(), state: 'failed' },
    ],
  ],
  [
    'two parts and the rest',
    [row(), row({ id: 'rfd_2', amount: 700 }), rest({ amount: 300 })],
    [],
    [
      { do: 'request', refund: row(), amount: 500 },
      { do: 'request', refund: row({ id: 'rfd_2', amount: 700 }), amount: 700 },
      { do: 'request', refund: rest({ amount: 300 }), amount: 300 },
    ],
  ],
  [
    'a part that failed leaves its amount',
    [row({ state: 'failed', gatewayRefundId: 're_1' }), rest()],
    [found({ state: 'failed' })],
    [{ do: 'request', refund: rest(), amount: 1500 }],
  ],
  [
    'a refund that was given up is there after all',
    [row({ state: 'canceled' })],
    [found({ refundId: 'rfd_1' })],
    [{ do: 'record', refund: row({ state: 'canceled' }), found: found({ refundId: 'rfd_1' }) }],
  ],
])('%s', (_name, recorded, atGateway, steps) => {
  expect(decideRefunds(1500, recorded, atGateway)).toEqual(steps)
})
