import { setTimeout as sleep } from 'node:timers/promises'
import { actAfterwards } from './afterwards.ts'
import { callNative, hideOutcome, makeItem, type HiddenOutcome } from './caller-acts.ts'
import type { Caller } from './calls.ts'
import { Page, type Shop } from './page.ts'
import type { PlannedCustomer } from '../plan.ts'
import type { Servers } from '../servers.ts'
import { lastTry, type Try } from '../styles.ts'

/** All organizations. */
export type Shops = Omit<Shop, 'seeds' | 'publishableKey'> & Pick<Servers, 'seeds' | 'merchants'>

/**
 * Performs one onboarding: the caller's calls and the customer's actions on the hosted page. Resolves when it has ended
 * with a permitted result, and throws otherwise.
 */
export async function performOnboarding(customer: PlannedCustomer, shops: Shops, caller: Caller): Promise<void> {
  const merchant = shops.merchants[customer.merchant]
  const shop = { ...shops, ...merchant, ...(customer.elsewhere ? { seeds: shops.seeds.other_org } : {}) }
  if (customer.saved) return paySaved(customer, shop, caller)
  const item = customer.caller?.does === 'withdraw' ? await makeItem(shop, caller) : shop.seeds.item_id
  const link = await askForLink(customer, item, shop, caller)
  const page = new Page(link.setupUrl, shop, caller, customer.caller !== undefined)
  await page.open()
  await sleep(customer.thinks)
  const ready = await prepare(customer, link.id, shop, caller)
  await Promise.all([
    untilEnded(customer, page, caller),
    interfere(customer, { id: link.id, item, ready }, shop, caller),
  ])
  if (customer.replacement) await replaceMethod(customer, customer.replacement, link.id, shop, caller)
  if (customer.afterwards) await actAfterwards(customer.contact, customer.afterwards, link.id, shop, caller)
}

/** Hides the outcome of the payment if the caller is to act on a charge that we do not know of yet. */
const prepare = async ({ caller: plan, tries }: PlannedCustomer, id: string, shop: Shop, caller: Caller) =>
  plan?.after === 'charged' ? hideOutcome(id, 'cards' in tries[0]! ? 'stripe' : 'paypal', shop, caller) : undefined

/** Replaces an active customer's method through a separate link, which never charges. */
async function replaceMethod({ contact }: PlannedCustomer, next: Try, id: string, shop: Shop, caller: Caller) {
  const { status, body } = await callNative(shop, caller, 'POST', `/v1/billing_customers/${id}/payment_method`, {})
  const { setup_url } = (body as { replacement?: { setup_url?: string } }).replacement ?? {}
  if (status !== 200 || !setup_url)
    throw new Error(`${contact}: the replacement call returned ${status} ${JSON.stringify(body)}`)
  const page = new Page(setup_url, shop, caller, false)
  await untilEnded({ contact, tries: [next], ends: ['completed'] }, page, caller)
}

type Walk = Pick<PlannedCustomer, 'contact' | 'tries' | 'ends'>

/** Acts on the page until the onboarding has ended with a permitted result. Throws after another result. */
export async function untilEnded({ contact, tries, ends }: Walk, page: Page, caller: Caller): Promise<void> {
  const left = [...tries]
  let current: Try = lastTry
  for (let looks = 0; !caller.isOver(); looks++) {
    const seen = await page.progress()
    if ((ends as string[]).includes(seen.status)) return
    if (seen.status !== 'pending') throw new Error(`${contact}: the onboarding was ${seen.status}`)
    if (seen.action) await page.answerBank(seen.action, 'cards' in current ? current.bank : 'succeed')
    else if (!seen.paying) {
      const next = left.shift() ?? (ends.includes('completed') ? lastTry : undefined)
      if (next) await page.enter((current = next), seen)
    }
    await sleep(Math.min(500 + looks * 100, 3_000))
  }
  throw new Error(`${contact} did not end before the deadline`)
}

/** Performs the caller's planned action while the customer pays. 409 is permitted: the onboarding may have ended. */
async function interfere(
  { contact, caller: plan }: PlannedCustomer,
  { id, item, ready }: { id: string; item: string; ready: HiddenOutcome | undefined },
  shop: Shop,
  caller: Caller,
): Promise<void> {
  if (!plan) return
  if (plan.after === 'charged') await ready!.charged()
  else await sleep(plan.after)
  if (plan.does === 'expire') return shop.expire(id)
  const { status, body } =
    plan.does === 'cancel'
      ? await callNative(shop, caller, 'POST', `/v1/billing_customers/${id}/cancel`, { reason: 'chaos' })
      : await callNative(shop, caller, 'PATCH', `/v1/billable_items/${item}`, { status: 'inactive' })
  await ready?.show()
  if (status !== 200 && status !== 409)
    throw new Error(`${contact}: ${plan.does} answered ${status} ${JSON.stringify(body)}`)
}

interface Created {
  data?: { setup_url?: string; existing?: boolean; bc_status?: string; billing_customer_id?: string }
  existing?: boolean
  billing_customer_id?: string
}

/** Creates the record. Retries use the same key, so that each of them gets the first response. */
async function create({ call, contact, saved }: PlannedCustomer, more: object, shop: Shop, caller: Caller) {
  const { secret_key: api_key, org_id, brand_id, item_id: bi_id } = shop.seeds
  const request = { api_key, org_id, brand_id, contact_id: contact, bi_id, ...more }
  // With a key the first response is replayed. Without one, the response shows the current state.
  const key = saved ? {} : { 'Idempotency-Key': contact }
  const answer = await caller.post(`${shop.apiUrl}/public/edge/${call}`, request, key)
  return { ...answer, body: answer.body as Created }
}

async function askForLink(customer: PlannedCustomer, bi_id: string, shop: Shop, caller: Caller) {
  const { status, body } = await create(customer, { bi_id }, shop, caller)
  const { data, existing } = body
  const id = body.billing_customer_id ?? data?.billing_customer_id
  if (status !== 200 || !data?.setup_url || !id || (existing ?? data.existing) !== false)
    throw new Error(`${customer.contact}: ${customer.call} answered ${status} ${JSON.stringify(body)}`)
  return { setupUrl: data.setup_url, id }
}

/** Pays with a saved method, and polls until the customer is active. 409 means that the payment is in progress. */
async function paySaved(customer: PlannedCustomer, shop: Shop, caller: Caller): Promise<void> {
  const payment = { payment_data: { pm_id: customer.saved } }
  while (!caller.isOver()) {
    const { status, body } = await create({ ...customer, call: 'createCustomer' }, payment, shop, caller)
    if (status === 200 && body.data?.bc_status === 'active') return
    if (status !== 200 && status !== 409)
      throw new Error(`${customer.contact}: a saved method returned ${status} ${JSON.stringify(body)}`)
    await sleep(1_000)
  }
  throw new Error(`${customer.contact} did not end before the deadline`)
}
