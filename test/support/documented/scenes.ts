import { randomBytes, randomUUID } from 'node:crypto'
import { newId } from '../../../store/database/new-id.ts'
import type { Values } from './documented.ts'
import type { Answer, World } from '../world/world.ts'
import { linkUrls } from '../gateways/connected-account.ts'

// The data that documented examples need. Each scene creates objects and returns their ids, by prefix and parameter.

const own = ({ seeds }: World) => ({
  org: seeds.org_id,
  brand: seeds.brand_id,
  bi: seeds.item_id,
  sk_test: seeds.secret_key,
  brand_id: seeds.brand_id,
  org_id: seeds.org_id,
})

/**
 * Creates an object by a native call. Throws at once on failure, which would otherwise appear later as a missing id.
 */
async function made(world: World, path: string, wanted: object): Promise<Answer['body']> {
  const { status, body } = await world.asNative('POST', path, wanted)
  if (status !== 201) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** A customer without dependents, and a contact whose onboarding waits for a payment method. */
async function waiting(world: World): Promise<Values> {
  const contact = `cont_${randomUUID()}`
  const customer = await made(world, '/v1/customers', { external_id: `usr_${randomUUID()}` })
  const key = await made(world, '/v1/api_keys', { name: 'a spare one', kind: 'secret', scopes: ['customers:read'] })
  const endpoint = await made(world, '/v1/webhook_endpoints', { url: 'https://crm.example/hooks' })
  const { bc, page } = await world.openSetup(contact)
  // So that any number of scenes can have one.
  await world.sql`
    update webhook_endpoints set deleted_at = now() where id <> ${endpoint.id} and created_at < now() - interval '1 ms'`
  const [event] = await world.sql<[{ id: string }]>`
    select id from events where billing_customer_id = ${bc} order by sequence limit 1`
  await failDelivery(world, endpoint.id, event.id)
  return {
    ...own(world),
    cus: customer.id,
    // The same customer under the names of the other doors.
    customer: customer.id,
    cust: customer.id.replace('cus_', 'cust_'),
    external_customer_id: customer.external_id,
    key: key.id,
    evt: event.id,
    we: endpoint.id,
    usr: `usr_${randomUUID()}`,
    cont: contact,
    bc,
    bc_id: bc,
    token: page.token,
  }
}

/** The receiver refused the event for 72 hours. */
async function failDelivery(world: World, endpoint: string, event: string): Promise<void> {
  await world.sql`
    update webhook_deliveries set state = 'failed', tries = 1, refusals = 11, done_at = now()
    where endpoint_id = ${endpoint} and event_id = ${event}`
  await world.sql`
    insert into webhook_tries (endpoint_id, event_id, number, took, status, error, response)
    values (${endpoint}, ${event}, 1, 42, 500, 'status', 'out of memory')`
}

/** The contact is active with a payment method, without a charge. */
async function active(world: World): Promise<Values> {
  const values = await waiting(world)
  const cont = `cont_${randomUUID()}`
  const { body } = await world.edge('createCustomer', { contact_id: cont, require_initial: 0, allow_trigger: 1 })
  await world.sql`
    update billing_customers set payment_method_id = 'pm_kept', gateway_customer_id = 'cus_kept'
    where id = ${body.billing_customer_id}`
  return { ...values, cont, bc: body.billing_customer_id, bc_id: body.billing_customer_id }
}

/** The contact is enrolled. */
async function enrolled(world: World): Promise<Values> {
  const values = await active(world)
  const { body } = await world.asNative('POST', '/v1/enrollments', {
    billing_customer_id: values.bc,
    billable_item_id: world.seeds.item_id,
  })
  return { ...values, enr: body.id }
}

/** A charge whose outcome only an operator can resolve. */
async function unknownCharge(world: World): Promise<Values> {
  const values = await waiting(world)
  const id = newId('charge')
  const objectId = `pi_1${randomBytes(12).toString('hex').slice(1)}`
  const [object] = await world.sql`
    insert into payment_objects (onboarding_id, k, environment, kind, gateway, gateway_customer_id, amount, currency,
      object_id)
    select id, 1, environment, 'payment', gateway, 'cus_none', amount, currency, ${objectId}
    from onboardings where billing_customer_id = ${values.bc!} returning onboarding_id, k`
  await world.sql`
    insert into charges (id, organization_id, environment, billing_customer_id, onboarding_id, object_onboarding_id, k,
      kind, gateway, amount, currency, state)
    select ${id}, organization_id, environment, billing_customer_id, id, id, ${object!.k},
      'initial', gateway, amount, currency, 'unknown'
    from onboardings where id = ${object!.onboardingId}`
  return { ...values, ch: id }
}

/** A PaymentIntent at the gateway that was confirmed with a test card, as the object of the contact's onboarding. */
async function confirmed(world: World, card: string, state: 'open' | 'paid'): Promise<Values> {
  const values = await waiting(world)
  const { body: customer } = await world.atStripe('POST', '/v1/customers')
  const { body } = await world.atStripe('POST', '/v1/payment_intents', {
    amount: '1500',
    currency: 'usd',
    customer: customer.id,
    'allowed_payment_method_types[]': 'card',
  })
  const confirmation = { payment_method: card, return_url: 'https://billing.example.com' }
  await world.atStripe('POST', `/v1/payment_intents/${body.id}/confirm`, confirmation)
  await world.sql`
    insert into payment_objects (onboarding_id, k, environment, kind, gateway, gateway_customer_id, amount, currency,
      object_id, state)
    select id, 1, environment, 'payment', gateway, 'cus_none', amount, currency, ${body.id}, ${state}
    from onboardings where billing_customer_id = ${values.bc!}`
  return values
}

/** The charge succeeded. */
async function charged(world: World): Promise<Values> {
  const values = await confirmed(world, 'pm_card_visa', 'paid')
  const id = newId('charge')
  await world.sql`
    insert into charges (id, organization_id, environment, billing_customer_id, onboarding_id, object_onboarding_id, k,
      kind, gateway, amount, currency, state)
    select ${id}, organization_id, environment, billing_customer_id, id, id, 1,
      'initial', gateway, amount, currency, 'succeeded'
    from onboardings where billing_customer_id = ${values.bc!}`
  return { ...values, ch: id }
}

/** The contact is active, and its initial charge succeeded. */
async function paid(world: World): Promise<Values> {
  const values = await charged(world)
  await world.sql`
    update onboardings set result = 'completed', ended_at = now(), wake_at = null, blocked_on = null
    where billing_customer_id = ${values.bc!}`
  await world.sql`update billing_customers set status = 'active' where id = ${values.bc!}`
  return values
}

/** The bank asks the customer. */
async function bankAsks(world: World): Promise<Values> {
  const values = await confirmed(world, 'pm_card_authenticationRequired', 'open')
  await world.sql`
    insert into payment_attempts (onboarding_id, number, environment, link_version, source, gateway, reference,
      single_use, amount, currency, k, state)
    select id, 1, environment, link_version, 'page', gateway, ${`ctoken_${randomUUID()}`}, true, amount, currency, 1,
      'needs_customer'
    from onboardings where billing_customer_id = ${values.bc!}`
  return values
}

/** The link has expired. */
async function expired(world: World): Promise<Values> {
  const values = await waiting(world)
  await world.sql`update onboardings set expires_at = now() - interval '1 hour'
    where billing_customer_id = ${values.bc!}`
  return values
}

/** The contact is active, and a card entered on a caller's form has replaced the previous one. */
async function savedOnForm(world: World): Promise<Values> {
  const values = await active(world)
  const { body } = await world.edge('setupPaymentMethod', { contact_id: values.cont, gateway: 'stripe' })
  world.secrets.add(body.data.client_secret)
  await world.simulate('confirm_setup', { client_secret: body.data.client_secret, payment_method: 'pm_card_visa' })
  await world.sql`
    update onboardings set result = 'completed', swapped_at = now(), ended_at = now(), wake_at = null, blocked_on = null
    where billing_customer_id = ${values.bc!} and kind = 'replacement'`
  const details = { type: 'card', brand: 'visa', last4: '4242', expMonth: 12, expYear: 2034 }
  await world.sql`
    update billing_customers set payment_method_label = 'Visa •••• 4242',
      payment_method_details = ${world.sql.json(details)}
    where id = ${values.bc!}`
  return values
}

/** A bulk onboarding of one row that is checked, or has this status after these commands. */
async function bulk(world: World, ...commands: string[]): Promise<Values> {
  const values = await waiting(world)
  const { body } = await world.request('/v1/bulk_onboardings?dry_run=true', {
    method: 'POST',
    headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': 'text/csv' },
    body: `external_id,email\nusr_${randomUUID()},\nusr_${randomUUID()},not an address\n`,
  })
  for (const name of commands)
    await world.asNative(
      'POST',
      `/v1/bulk_onboardings/${body.id}/${name}`,
      name === 'start' ? { on_invalid: 'skip' } : {},
    )
  return { ...values, bulk: body.id }
}
const checkedBulk = (world: World) => bulk(world)
const runningBulk = (world: World) => bulk(world, 'start')
const pausedBulk = (world: World) => bulk(world, 'start', 'pause')

/** The endpoint is a pull endpoint with an event that was pulled, and one that was not. */
async function pulling(world: World): Promise<Values> {
  const values = await waiting(world)
  const endpoint = await made(world, '/v1/webhook_endpoints', { kind: 'pull' })
  const test = `/v1/webhook_endpoints/${endpoint.id}/test`
  const { body } = await world.asNative('POST', test)
  await world.sql`update webhook_deliveries set tries = 1 where endpoint_id = ${endpoint.id}`
  await world.asNative('POST', test)
  return { ...values, we: endpoint.id, evt: body.event_id }
}

/** The keys of a new account at the gateway, of which the organization has none that is active. */
async function withoutAccount(world: World): Promise<Values> {
  const values = await waiting(world)
  await world.sql`update gateway_accounts set status = 'disabled' where organization_id = ${world.seeds.org_id}`
  const name = randomUUID().slice(0, 8)
  return { ...values, sk_test: `sk_test_${name}`, pk: `pk_test_${name}` }
}

/** The organization has an account of its own. */
async function withAccount(world: World): Promise<Values> {
  const values = await withoutAccount(world)
  const keys = { secret_key: values.sk_test, publishable_key: values.pk }
  const account = await made(world, '/v1/gateway_accounts', { gateway: 'stripe', ...keys })
  return { ...values, ga: account.id }
}

/** The organization has an account that is connected to the platform. */
async function withConnected(world: World): Promise<Values> {
  const values = await withoutAccount(world)
  const account = await made(world, '/v1/gateway_accounts', { gateway: 'stripe', auth: 'connect', ...linkUrls })
  return { ...values, ga: account.id }
}

/** The scenes, in the order in which they are tried for a call. */
export const scenes = {
  waiting,
  active,
  enrolled,
  unknownCharge,
  expired,
  savedOnForm,
  charged,
  paid,
  bankAsks,
  checkedBulk,
  runningBulk,
  pausedBulk,
  pulling,
  withoutAccount,
  withAccount,
  withConnected,
}

export type SceneName = keyof typeof scenes
