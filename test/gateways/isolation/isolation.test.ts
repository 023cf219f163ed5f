import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayNames, type GatewayName } from '../../../domain/lifecycle.ts'
import type { PaymentGateway } from '../../../gateways/gateway.ts'
import type { Gateways } from '../../../gateways/gateways.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { startPayPalSimulator, type PayPalSimulator } from '../../../tools/simulators/paypal/server.ts'
import type { StripeSimulator } from '../../../tools/simulators/stripe/server.ts'
import { startJudgedSimulator } from '../../support/judge/judged-simulator.ts'
import { controlsOf } from '../../support/world/simulator.ts'
import {
  accountOfObjects,
  accountStates,
  gatewaysIn,
  openAccounts,
  organizations,
  payerIn,
  vendorNameOf,
  type AccountState,
  type Organization,
} from './organizations.ts'
import { methodNames, portCalls, type PortCall, type PortMethod } from './port-calls.ts'
import { thingsAt, type Things } from './things.ts'

// Every call of the port, for two organizations, with an account in every state: only the account of the object, or the
// one with which something begins, is ever called.

let folder: string
let stripe: StripeSimulator
let paypal: PayPalSimulator
let accounts: ReturnType<typeof openAccounts>
beforeAll(async () => {
  folder = temporaryFolder('isolation')
  stripe = await startJudgedSimulator({ folder })
  paypal = await startPayPalSimulator({ folder })
  accounts = openAccounts({ stripe, paypal })
  await accounts.connect()
})
afterAll(async () => {
  await Promise.all([stripe.close(), paypal.close()])
  rmSync(folder, { recursive: true, force: true })
})

interface Counted {
  accounts: { id: string; calls: number }[]
  cross_account: number
}
const urlOf = (gateway: GatewayName) => ({ stripe, paypal })[gateway].url
const counted = async (gateway: GatewayName): Promise<Counted> =>
  (await controlsOf(urlOf(gateway)).simulate('accounts')).body

/** Runs a call. Returns the accounts at the vendor that it reached. */
async function reached(gateway: GatewayName, run: () => unknown): Promise<string[]> {
  const before = new Map((await counted(gateway)).accounts.map(({ id, calls }) => [id, calls]))
  await run()
  const { accounts: after } = await counted(gateway)
  return after.filter(({ id, calls }) => calls !== (before.get(id) ?? 0)).map(({ id }) => id)
}

/** The account at the vendor that belongs to an account of ours, as the account itself says. */
const vendorIdOf = (gateways: Gateways, accountId: string) =>
  gateways.of(accountId).then((gateway) => gateway.access!.readId())

/** Brings an organization's accounts into a state, with objects that were created before. */
async function prepare(name: keyof typeof accountStates, organization: Organization, gateway: GatewayName) {
  const state: AccountState = accountStates[name]
  const accountId = accountOfObjects(state, organization, gateway)
  if (state.own) accounts.setStatus(organization, gateway, state, 'active')
  const before = await accounts.open().of(accountId)
  const things = await thingsAt(before, `${name}_${organization}`, urlOf(gateway))
  if (state.own) accounts.setStatus(organization, gateway, state, state.own)
  const gateways = accounts.open()
  const vendorId = await vendorIdOf(gateways, accountId)
  const current = (await gateways.current(payerIn(state, organization), gateway))!
  return { things, existing: await gateways.of(accountId), vendorId, current, gateways }
}

let keys = 0
const newKey = () => `key-${++keys}`
const callOf = (call: PortCall, gateway: PaymentGateway, things: Things) => call.call(gateway, things, newKey())

const states = Object.keys(accountStates) as (keyof typeof accountStates)[]
const cells = states.flatMap((state) =>
  organizations.flatMap((organization) =>
    gatewaysIn(accountStates[state]).map((gateway) => ({ state, organization, gateway })),
  ),
)

describe.each(cells)('$gateway account of $organization, $state:', ({ state, organization, gateway }) => {
  let prepared: Awaited<ReturnType<typeof prepare>>
  beforeAll(async () => {
    prepared = await prepare(state, organization, gateway)
  })
  const here = methodNames.filter((name) => portCalls[name].at.includes(gateway))

  test.each(here)('%s reaches the account of the object, and no other', async (name) => {
    const { existing, things, vendorId } = prepared
    const call = portCalls[name]
    const isRefused = accountStates[state].own === 'disabled' && call.begins === true
    const seen = await reached(gateway, async () => {
      const made = Promise.resolve(callOf(call, existing, things))
      if (!isRefused) return made
      await expect(made).rejects.toMatchObject({ kind: 'refused', vendorCode: 'account_disabled' })
    })
    const isSilent = isRefused || call.isLocal || isLocalHere(name, gateway)
    expect(seen).toEqual(isSilent ? [] : [vendorId])
  })

  test('what begins reaches the account with which the organization begins', async () => {
    const { current, gateways } = prepared
    const isOwn = accountStates[state].own === 'active'
    expect(vendorNameOf(current.accountId)).toBe(isOwn ? organization : 'default')
    const expected = await vendorIdOf(gateways, current.accountId)
    const things = await thingsOf(current, `${state}_${organization}`)
    const begins = here.filter((name) => portCalls[name].begins && !isLocalHere(name, gateway))
    for (const name of begins)
      expect([name, await reached(gateway, () => callOf(portCalls[name], current, things))]).toEqual([name, [expected]])
  })

  const thingsOf = (current: PaymentGateway, name: string) => thingsAt(current, `new_${name}`, urlOf(gateway))
})

/** PayPal has no customers, and nothing that our page must show. */
const withoutCall: PortMethod[] = ['createCustomer', 'readCustomer', 'clientAction']
const isLocalHere = (name: PortMethod, gateway: GatewayName) => gateway === 'paypal' && withoutCall.includes(name)

test('an organization whose own account does not begin payments, and that uses no other, begins none', async () => {
  const gateways = accounts.open()
  for (const gateway of gatewayNames) {
    const payer = payerIn({ setting: 'own', own: 'draining' }, 'northwind')
    expect(gateways.has(payer, gateway)).toBe(false)
    expect(await gateways.current(payer, gateway)).toBeUndefined()
    expect(await gateways.browserSide(payer, gateway)).toBeUndefined()
  }
})

test.each(gatewayNames)('each call that %s has is in the table', async (gateway) => {
  const opened = await accounts.open().of(`ga_${gateway}_sandbox`)
  const names = (value: object | undefined, prefix = '') =>
    Object.entries(value ?? {}).flatMap(([name, each]) => (typeof each === 'function' ? [`${prefix}${name}`] : []))
  const all = [...names(opened), ...names(opened.access, 'access.'), ...names(opened.testHelpers, 'testHelpers.')]
  expect(methodNames.filter((name) => portCalls[name].at.includes(gateway)).sort()).toEqual(all.sort())
})

test('no call named an object of another account', async () => {
  for (const gateway of gatewayNames) expect([gateway, (await counted(gateway)).cross_account]).toEqual([gateway, 0])
})

/** What calls about an object of another account return: an error of this kind, or nothing. */
const elsewhere = {
  ...{ read: 'not_found', confirm: 'not_found', close: 'not_found', refund: 'not_found', clientAction: 'not_found' },
  ...{ isDisputed: 'not_found', formSecret: 'not_found', formTries: 'not_found' },
  ...{ readMethod: 'method_unusable', readToken: 'method_unusable' },
  ...{ detachMethod: undefined, failedTries: [], readRefunds: [] },
} satisfies Partial<Record<PortMethod, unknown>>

describe('an object of the platform, or of an account that is connected to it, does not exist elsewhere:', () => {
  const holders = [
    { name: 'the platform', state: accountStates.shared, organization: 'northwind' },
    { name: 'an account', state: accountStates.connect, organization: 'northwind' },
    { name: 'another account', state: accountStates.connect, organization: 'fabrikam' },
  ] as const
  let held: { gateway: PaymentGateway; things: Things; vendorId: string }[]
  beforeAll(async () => {
    for (const { organization } of holders) accounts.setStatus(organization, 'stripe', accountStates.connect, 'active')
    const gateways = accounts.open()
    held = await Promise.all(
      holders.map(async ({ name, state, organization }) => {
        const gateway = await gateways.of(accountOfObjects(state, organization, 'stripe'))
        const things = await thingsAt(gateway, `held by ${name}`.replaceAll(' ', '_'), stripe.url)
        return { gateway, things, vendorId: await gateway.access!.readId() }
      }),
    )
  })
  const ledgerOf = async (vendorId: string) =>
    (await controlsOf(stripe.url).simulate(`ledger?account=${vendorId}`)).body as object
  const pairs = [0, 1, 2].flatMap((at) => [0, 1, 2].filter((other) => other !== at).map((other) => ({ at, other })))

  test.each(pairs)('objects of $other at $at', async ({ at, other }) => {
    const [here, there] = [held[at]!, held[other]!]
    const before = await Promise.all(held.map(({ vendorId }) => ledgerOf(vendorId)))
    const returned: Record<string, unknown> = {}
    for (const name of Object.keys(elsewhere) as (keyof typeof elsewhere)[]) {
      const { cross_account: named } = await counted('stripe')
      const call = Promise.resolve(callOf(portCalls[name], here.gateway, there.things))
      returned[name] = await call.catch(({ kind }: { kind: string }) => kind)
      expect([name, (await counted('stripe')).cross_account > named]).toEqual([name, true])
    }
    expect(returned).toEqual(elsewhere)
    expect(await Promise.all(held.map(({ vendorId }) => ledgerOf(vendorId)))).toEqual(before)
  })
})
