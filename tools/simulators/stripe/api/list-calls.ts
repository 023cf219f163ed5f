import { listEvents } from '../lists/events.ts'
import { listCharges, listDisputes, listPaymentIntents, listRefunds } from '../lists/lists.ts'
import type { Call } from './call.ts'

const params = ['created', 'limit', 'starting_after', 'expand']

/** The calls that list what an account has, newest first. */
export const listCalls: Call[] = [
  { method: 'GET', path: '/v1/payment_intents', params, run: listPaymentIntents },
  { method: 'GET', path: '/v1/charges', params: ['payment_intent', ...params], run: listCharges },
  { method: 'GET', path: '/v1/refunds', params: ['payment_intent', ...params], run: listRefunds },
  { method: 'GET', path: '/v1/disputes', params: ['payment_intent', ...params], run: listDisputes },
  { method: 'GET', path: '/v1/events', params: ['types', ...params], run: listEvents },
]
