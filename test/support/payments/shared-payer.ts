import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { until } from '../until.ts'
import { createWorld, type World } from '../world/world.ts'

export let world: World

/** Gives the file a test environment whose organizations use the same PayPal account. */
export function withOnePayPalAccount(): void {
  beforeAll(async () => {
    world = await createWorld({
      longestRetryPause: 300,
      gatewayTimeout: 700,
      paypal: true,
      settings: { expiryGrace: 1, paypalOrderFlow: 'two_step' },
    })
  })
  afterEach(() => world.clearPayPalFaults())
  afterAll(() => world.close())
}

export const exchange = '/v3/vault/payment-tokens'
export const capture = '/v2/checkout/orders/*/capture'
export const nothing = { amount: 0, currency: 'USD' }

export interface Tenant {
  fields: object
  key: string
  item: string
}

export const first = (): Tenant => ({ fields: {}, key: world.seeds.secret_key, item: world.seeds.item_id })

export const second = (): Tenant => {
  const { org_id, brand_id, secret_key, item_id } = world.seeds.other_org
  return { fields: { api_key: secret_key, org_id, brand_id }, key: secret_key, item: item_id }
}

export const open = (tenant: Tenant, extra: object = {}) =>
  world.openSetup(undefined, { ...tenant.fields, bi_id: tenant.item, ...extra })

export const cancel = (tenant: Tenant, bc: string) =>
  world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'by phone' }, tenant.key)

export const methodOf = async (bc: string): Promise<string | null> => {
  const [row] = await world.sql<{ paymentMethodId: string | null }[]>`
    select payment_method_id from billing_customers where id = ${bc}`
  return row!.paymentMethodId
}

export const resultOf = (bc: string, kind = 'onboarding') =>
  until(async () => {
    const [row] = await world.sql<{ result: string | null }[]>`
      select result from onboardings where billing_customer_id = ${bc} and kind = ${kind} order by n desc limit 1`
    return row?.result
  })

/** Payment tokens at PayPal of one payer. */
export async function tokensOf(email: string): Promise<string[]> {
  const { body } = await world.simulatePayPal('ledger')
  return body.payment_methods
    .filter((method: { email: string }) => method.email === email)
    .map(({ id }: { id: string }) => id)
}

/** A customer that pays with this payer's wallet and is active. */
export async function active(tenant: Tenant, email: string): Promise<string> {
  const { bc, page } = await open(tenant)
  await page.submitPayPal(undefined, email)
  expect(await resultOf(bc)).toBe('completed')
  return bc
}

export const payers = new Set<string>()

export function newPayer(): string {
  const email = `payer-${payers.size}@personal.example.com`
  payers.add(email)
  return email
}

export async function attemptOf(bc: string): Promise<{ sent: boolean; gone: boolean; state: string } | undefined> {
  const [row] = await world.sql<{ sent: boolean; gone: boolean; state: string }[]>`
    select a.sent_at is not null as sent, a.method_gone_at is not null as gone, a.state from payment_attempts a
    join onboardings o on o.id = a.onboarding_id where o.billing_customer_id = ${bc}
      order by o.n desc, a.number desc limit 1`
  return row
}

/** A call with a token that others hold may be in progress for the time limit of a step; then the closing continues. */
export async function letTimePass(bc: string): Promise<void> {
  const ended = async () => {
    const [row] = await world.sql`select 1 from onboardings where billing_customer_id = ${bc} and ended_at is not null`
    return row !== undefined
  }
  while (!(await ended())) {
    await world.sql`
      update payment_attempts a set sent_at = sent_at - interval '1 hour',
        last_sent_at = last_sent_at - interval '1 hour'
      from onboardings o where o.id = a.onboarding_id and o.billing_customer_id = ${bc}`
    await world.admin('retry-now', { 'billing-customer': bc }).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

export async function openFree(tenant: Tenant) {
  const { body } = await world.edge('createCustomer', {
    ...tenant.fields,
    contact_id: world.newContact(),
    bi_id: tenant.item,
    require_initial: 0,
  })
  return { bc: body.billing_customer_id as string, page: world.pageOf(body.data.setup_url) }
}

export async function exchangesOf(bc: string): Promise<object[]> {
  const [row] = await world.sql<{ id: string }[]>`select id from onboardings where billing_customer_id = ${bc}`
  const { body } = await world.simulatePayPal('requests')
  return body.requests.filter(
    ({ path, key }: { path: string; key: string | null }) => path === exchange && key?.startsWith(row!.id),
  )
}
