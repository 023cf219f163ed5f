import type { FaultName } from '../simulators/faults.ts'
import { seededChance, type Chance } from './chance.ts'
import { behave, stylePack, type Behaviour, type Style } from './styles.ts'

// What a run of `npm run chaos` does and when: made of a seed and a number alone, so that a run can be repeated. How the
// parts then meet in time differs from run to run.

export const services = ['api', 'worker', 'temporal', 'postgres'] as const
export type Service = (typeof services)[number]

/** All times are milliseconds; `at` counts from the beginning. */
export interface Kill {
  at: number
  service: Service
  /** How long it stays away before it is started again. */
  downFor: number
}

type Method = 'GET' | 'POST' | 'DELETE'

export interface PlannedFault {
  at: number
  gateway: 'stripe' | 'paypal'
  match: { method: Method; path: string }
  fault: FaultName
  times: number
  delay_ms?: number
}

export interface PlannedCustomer extends Behaviour {
  at: number
  contact: string
  call: 'createCustomer' | 'buildCustomerProfileSetup'
  style: Style
  /** How long the customer looks at the page before entering something. */
  thinks: number
}

export interface Plan {
  seed: number
  onboardings: number
  /** By when everything has begun. */
  span: number
  customers: PlannedCustomer[]
  kills: Kill[]
  faults: PlannedFault[]
}

const faultPack: FaultName[] = [
  'lose_request',
  'lose_answer',
  'error_before',
  'error_after',
  'delay',
  'reset',
  'rate_limit',
  'key_in_use',
]
type Target = Pick<PlannedFault, 'gateway' | 'match'>
const stripe = (path: string, method: Method = 'POST'): Target => ({
  gateway: 'stripe',
  match: { method, path },
})
const paypal = (path: string, method: Method = 'POST'): Target => ({
  gateway: 'paypal',
  match: { method, path },
})
const targetPack: Target[] = [
  stripe('/v1/customers'),
  stripe('/v1/payment_intents'),
  stripe('/v1/payment_intents/*/confirm'),
  stripe('/v1/payment_intents/*/confirm'),
  stripe('/v1/payment_intents/*', 'GET'),
  stripe('/v1/payment_intents/*/cancel'),
  stripe('/v1/refunds'),
  paypal('/v3/vault/payment-tokens'),
  paypal('/v3/vault/payment-tokens/*', 'DELETE'),
  paypal('/v2/checkout/orders'),
  paypal('/v2/checkout/orders'),
  paypal('/v2/checkout/orders/*', 'GET'),
  paypal('/v2/payments/captures/*/refund'),
]

/** Makes the plan of a seed: the same for the same seed, number of onboardings and styles (each as often as it is in `pack`). */
export function makePlan(seed: number, onboardings: number, pack: Style[] = stylePack): Plan {
  const chance = seededChance(seed)
  const span = Math.max(40_000, onboardings * 400)
  return {
    seed,
    onboardings,
    span,
    customers: planCustomers(chance, seed, chance.deal(pack, onboardings), span),
    kills: planKills(chance, Math.max(8, Math.round(span / 6_000)), span),
    faults: planFaults(chance, Math.max(24, Math.round(onboardings / 2)), span),
  }
}

const inOrder = <T extends { at: number }>(list: T[]): T[] => list.sort((a, b) => a.at - b.at)

function planCustomers(chance: Chance, seed: number, styles: Style[], span: number): PlannedCustomer[] {
  const customers = styles.map((style, n): PlannedCustomer => ({
    at: chance.between(0, span),
    contact: `customer-${n}-of-${seed}@example.com`,
    call: chance.pick(['createCustomer', 'buildCustomerProfileSetup']),
    style,
    thinks: chance.between(0, 3_000),
    ...behave(style, chance),
  }))
  return inOrder(customers)
}

/** One in each slice of the time, so that there is always something going on, and every service gets its share. */
function planKills(chance: Chance, count: number, span: number): Kill[] {
  const slice = span / count
  return chance.deal(services, count).map((service, i) => ({
    at: Math.round(i * slice) + chance.between(0, Math.floor(slice)),
    service,
    downFor: chance.between(0, 3_000),
  }))
}

function planFaults(chance: Chance, count: number, span: number): PlannedFault[] {
  const targets = chance.deal(targetPack, count)
  const faults = chance.deal(faultPack, count).map((fault, i): PlannedFault => ({
    at: chance.between(0, span),
    ...targets[i]!,
    fault,
    times: chance.between(1, 3),
    ...(fault === 'delay' ? { delay_ms: chance.between(200, 2_500) } : {}),
  }))
  return inOrder(faults)
}
