import { expect, test } from 'vitest'
import { merchantNames } from '../../../tools/chaos/merchants.ts'
import { makePlan, services } from '../../../tools/chaos/plan.ts'
import { completingPack, stylePack } from '../../../tools/chaos/styles.ts'

test('the same seed gives the same plan', () => {
  expect(makePlan(7, 60)).toEqual(makePlan(7, 60))
  expect(JSON.stringify(makePlan(7, 60))).toBe(JSON.stringify(makePlan(7, 60)))
})

test('another seed gives other customers, kills and faults', () => {
  const [one, other] = [makePlan(7, 60), makePlan(8, 60)]
  const withoutNames = ({ customers }: typeof one) => customers.map(({ contact: _, ...rest }) => rest)
  expect(withoutNames(one)).not.toEqual(withoutNames(other))
  expect(one.kills).not.toEqual(other.kills)
  expect(one.faults).not.toEqual(other.faults)
})

test.each([1, 2, 3])('plan %i includes every service, style and fault', (seed) => {
  const plan = makePlan(seed, 45)
  expect(new Set(plan.customers.map(({ contact }) => contact)).size).toBe(45)
  expect(new Set(plan.kills.map(({ service }) => service))).toEqual(new Set(services))
  expect(new Set(plan.customers.map(({ style }) => style)).size).toBe(22)
  expect(new Set(plan.customers.flatMap(({ ends }) => ends))).toEqual(
    new Set(['completed', 'canceled', 'expired', 'failed']),
  )
  expect(plan.customers.filter(({ caller }) => caller?.after === 'charged')).toHaveLength(2)
  expect(plan.customers.filter(({ replacement }) => replacement)).toHaveLength(2)
  expect(new Set(plan.faults.map(({ gateway }) => gateway))).toEqual(new Set(['stripe', 'paypal']))
  expect(new Set(plan.faults.map(({ fault }) => fault)).size).toBe(8)
  const times = [...plan.customers, ...plan.kills, ...plan.faults].map(({ at }) => at)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...times)).toBeLessThanOrEqual(plan.span)
})

test('a plan without kills of the API kills the other services', () => {
  const killed = services.filter((service) => service !== 'api')
  const { kills } = makePlan(7, 60, stylePack, 1, killed)
  expect(new Set(kills.map(({ service }) => service))).toEqual(new Set(killed))
})

test('a plan of completing styles has no other permitted result and includes every completing style', () => {
  const { customers } = makePlan(4, 70, completingPack)
  expect(new Set(customers.flatMap(({ ends }) => ends))).toEqual(new Set(['completed']))
  expect(new Set(customers.map(({ style }) => style)).size).toBe(12)
})

test('no planned customer can reach the decline limit', () => {
  const tries = makePlan(5, 500).customers.map(
    ({ tries }) => tries.flatMap((one) => ('cards' in one ? one.cards : ['wallet'])).length,
  )
  expect(Math.max(...tries)).toBeLessThanOrEqual(3)
})

test('customers are spread evenly over accounts, and nothing else of the plan changes', () => {
  const [one, three] = [makePlan(6, 90), makePlan(6, 90, stylePack, 3)]
  const withoutMerchants = ({ customers, ...rest }: typeof one) => ({
    ...rest,
    customers: customers.map(({ merchant: _, ...customer }) => customer),
  })
  expect(withoutMerchants(three)).toEqual(withoutMerchants(one))
  expect(new Set(one.customers.map(({ merchant }) => merchant))).toEqual(new Set(['shared']))
  for (const name of merchantNames)
    expect(three.customers.filter(({ merchant }) => merchant === name).length).toBeGreaterThan(20)
  // They share a wallet, of which an account keeps one token.
  const ofOnePayer = three.customers.filter(({ style }) => style.startsWith('same_payer'))
  expect(new Set(ofOnePayer.map(({ merchant }) => merchant))).toEqual(new Set(['shared']))
})
