import type { FaultName } from '../simulators/faults.ts'
import { seededChance, type Chance } from './chance.ts'
import { merchantNames, type MerchantName } from './merchants.ts'
import { behave, stylePack, type Behavior, type Style } from './styles.ts'

// What a run of `npm run chaos` does and when. Derived only from a seed and a number, so that a run can be repeated;
// the timing between processes still differs from run to run.

export const services = ['api', 'worker', 'temporal', 'postgres'] as const
export type Service = (typeof services)[number]

/** All times are in milliseconds. `at` counts from the start of the run. */
export interface Kill {
  at: number
  service: Service
  /** Time until the restart. */
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

export interface PlannedCustomer extends Behavior {
  at: number
  contact: string
  call: 'createCustomer' | 'buildCustomerProfileSetup'
  style: Style
  /** The organization at whose accounts the customer pays. */
  merchant: MerchantName
  /** Time between opening the page and the first input. */
  thinks: number
}

export interface Plan {
  seed: number
  onboardings: number
  /** Time by which all actions have started. */
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
  stripe('/v1/refunds', 'GET'),
  stripe('/v1/payment_methods/*/detach'),
  paypal('/v3/vault/payment-tokens'),
  paypal('/v3/vault/payment-tokens/*', 'DELETE'),
  paypal('/v2/checkout/orders'),
  paypal('/v2/checkout/orders'),
  paypal('/v2/checkout/orders/*', 'GET'),
  paypal('/v2/payments/captures/*/refund'),
]

/**
 * Returns the plan of a seed. `pack` holds the styles, each as often as its share. `accounts`: over how many kinds of
 * gateway accounts (`merchantNames`) the customers are spread; the rest of the plan does not depend on it. `killed`:
 * the services that are killed.
 */
export function makePlan(
  seed: number,
  onboardings: number,
  pack: Style[] = stylePack,
  accounts = 1,
  killed: readonly Service[] = services,
): Plan {
  const chance = seededChance(seed)
  const span = Math.max(40_000, onboardings * 400)
  return {
    seed,
    onboardings,
    span,
    customers: spread(planCustomers(chance, seed, chance.deal(pack, onboardings), span), seed, accounts),
    kills: planKills(chance, killed, Math.max(8, Math.round(span / 6_000)), span),
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
    merchant: 'shared',
    thinks: chance.between(0, 3_000),
    ...behave(style, chance),
  }))
  return inOrder(customers)
}

/** Spreads customers over merchants. Those with one payer stay at one account, which has one token of that payer. */
function spread(customers: PlannedCustomer[], seed: number, accounts: number): PlannedCustomer[] {
  const merchants = seededChance(seed).deal(merchantNames.slice(0, accounts), customers.length)
  return customers.map((customer, n) => ({
    ...customer,
    merchant: customer.elsewhere === undefined ? merchants[n]! : 'shared',
  }))
}

/** Plans one kill in each time slice, evenly across services. */
function planKills(chance: Chance, killed: readonly Service[], count: number, span: number): Kill[] {
  const slice = span / count
  return chance.deal(killed, count).map((service, i) => ({
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
