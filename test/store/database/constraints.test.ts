import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chargeStates, unsettledChargeStates } from '../../../domain/lifecycle.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
let bc: string
let onboarding: string
beforeAll(async () => {
  world = await createWorld({ worker: false })
  ;({ bc } = await world.openSetup())
  onboarding = (await world.billingCustomer(bc)).onboarding.id
})
afterAll(() => world.close())

/** Runs statements in a transaction that is rolled back. Returns the violated constraint, if any. */
async function violated(...statements: string[]): Promise<string | undefined> {
  const rollback = new Error('rollback')
  try {
    await world.sql.begin(async (sql) => {
      for (const statement of statements) await sql.unsafe(statement)
      throw rollback
    })
  } catch (error) {
    return error === rollback ? undefined : ((error as { constraint_name?: string }).constraint_name ?? String(error))
  }
}

const copy = (table: string, changes: Record<string, string>, where: string) => {
  const set = Object.entries(changes).map(([column, value]) => `'${column}', ${value}`)
  return `insert into ${table} select (jsonb_populate_record(null::${table},
    to_jsonb(t) || jsonb_build_object(${set.join(', ')}))).* from ${table} t where ${where}`
}
const attempt = (number: number, state = 'open', reference = `'ref${number}'`) =>
  `insert into payment_attempts (onboarding_id, number, environment, link_version, source, gateway, reference,
    single_use, amount, currency, state, closed_at)
   values ('${onboarding}', ${number}, 'sandbox', 1, 'page', 'stripe', ${reference}, true, 1500, 'USD', '${state}',
     ${state === 'open' ? 'null' : 'now()'})`
const object = (k: number) =>
  `insert into payment_objects (onboarding_id, k, environment, kind, gateway, gateway_customer_id, amount, currency)
    values ('${onboarding}', ${k}, 'sandbox', 'payment', 'stripe', 'cus_g', 1500, 'USD')`
const charge = (k: number, state: string, late = false) =>
  `insert into charges (id, organization_id, environment, billing_customer_id, onboarding_id, object_onboarding_id,
    k, kind, gateway, amount, currency, state, late)
   select 'ch_${k}', organization_id, environment, '${bc}', id, id, ${k}, 'initial', 'stripe', 1500, 'USD',
     '${state}', ${late} from onboardings where id = '${onboarding}'`

describe('the database rejects', () => {
  test('a second billing customer of one environment, organization and contact', async () => {
    expect(await violated(copy('billing_customers', { id: "'bc_2'" }, `id = '${bc}'`))).toBe(
      'billing_customers_environment_organization_id_customer_id_key',
    )
  })
  test('a second live onboarding', async () => {
    expect(await violated(copy('onboardings', { id: "'onb_2'", n: '2' }, `id = '${onboarding}'`))).toBe(
      'onboardings_one_live',
    )
    const ended = `update onboardings set result = 'expired', ended_at = now(), wake_at = null
      where id = '${onboarding}'`
    const second = copy(
      'onboardings',
      { id: "'onb_2'", n: '2', result: 'null', ended_at: 'null', wake_at: 'now()' },
      `id = '${onboarding}'`,
    )
    expect(await violated(ended, second)).toBeUndefined()
  })
  test('a second open attempt, and the same single-use token twice', async () => {
    expect(await violated(attempt(1), attempt(2))).toBe('payment_attempts_one_open')
    expect(await violated(attempt(1, 'declined'), attempt(2))).toBeUndefined()
    expect(await violated(attempt(1, 'declined', "'same'"), attempt(2, 'open', "'same'"))).toBe(
      'payment_attempts_single_use',
    )
  })
  test('a second unrefunded initial charge', async () => {
    for (const state of chargeStates)
      expect(await violated(object(1), object(2), charge(1, state), charge(2, 'open')), state).toBe(
        unsettledChargeStates.includes(state) ? 'charges_one_initial' : undefined,
      )
    expect(await violated(object(1), object(2), charge(1, 'succeeded', true), charge(2, 'open'))).toBeUndefined()
  })
  test('a second active enrollment in one item', async () => {
    const enroll = (id: string, status = 'active') =>
      `insert into enrollments (id, organization_id, environment, billing_customer_id, billable_item_id, status)
        values ('${id}', '${world.seeds.org_id}', 'sandbox', '${bc}', '${world.seeds.item_id}', '${status}')`
    expect(await violated(enroll('enr_1'), enroll('enr_2'))).toBe('enrollments_one_active')
    expect(await violated(enroll('enr_1', 'cancelled'), enroll('enr_2'))).toBeUndefined()
  })
  test('a gateway customer of two organizations', async () => {
    const theirs = await world.edge('createCustomer', {
      api_key: world.seeds.other_org.secret_key,
      org_id: world.seeds.other_org.org_id,
      brand_id: world.seeds.other_org.brand_id,
      contact_id: world.newContact(),
    })
    const own = (id: string, account: string, number: number, gatewayCustomerId: string) => `
      insert into gateway_customers
        (environment, organization_id, customer_id, gateway, account_id, i, gateway_customer_id)
      select environment, organization_id, customer_id, 'stripe', '${account}', ${number}, ${gatewayCustomerId}
      from billing_customers where id = '${id}'`
    const shared = (account: string) => own(theirs.body.billing_customer_id, account, 1, `'cus_shared'`)
    const first = own(bc, 'ga_1', 1, `'cus_shared'`)
    expect(await violated(first, shared('ga_1'))).toBe('gateway_customers_of_account')
    expect(await violated(first, shared('ga_2'))).toBe('gateway_customers_of_gateway')
    // As at a gateway that stores our customer id.
    const [here, there] = [own(bc, 'ga_1', 1, 'customer_id'), own(bc, 'ga_2', 2, 'customer_id')]
    expect(await violated(here, there)).toBeUndefined()
  })
  test('references to another organization or environment', async () => {
    expect(await violated(copy('billing_customers', { id: "'bc_2'", environment: "'live'" }, `id = '${bc}'`))).toBe(
      'billing_customers_customer_id_organization_id_environment_fkey',
    )
    expect(
      await violated(
        `update onboardings set billable_item_id = '${world.seeds.other_org.item_id}' where id = '${onboarding}'`,
      ),
    ).toBe('onboardings_billable_item_id_organization_id_environment_fkey')
    expect(
      await violated(`update billing_customers set brand_id = '${world.seeds.other_org.brand_id}' where id = '${bc}'`),
    ).toBe('billing_customers_brand_id_organization_id_environment_fkey')
  })
  test('an end without a result, and a live onboarding without `wake_at`', async () => {
    expect(
      await violated(`update onboardings set ended_at = now(), wake_at = null where id = '${onboarding}'`),
    ).toMatch(/check/)
    expect(await violated(`update onboardings set wake_at = null where id = '${onboarding}'`)).toMatch(/check/)
  })
})

test('rejected values are not written to the log of the database', async () => {
  expect(await world.sql`show log_error_verbosity`).toEqual([{ logErrorVerbosity: 'terse' }])
})
