import { randomUUID } from 'node:crypto'
import { upload } from '../../bulk/bulk.ts'
import type { Database } from '../../../store/database/database.ts'
import { underLock } from '../../../store/database/lock.ts'
import { insertEvent } from '../../../store/events/events.ts'
import { callersExpired } from '../callers-expired.ts'
import { cancelUpdate } from '../../../workflows/messages.ts'
import { until } from '../until.ts'
import { keyedPost } from '../keyed-post.ts'
import type { Answer, World } from '../world/world.ts'

/** A customer with a word of its own in every field that accepts a text. */
export interface Person {
  /** The word; no other row has it. */
  word: string
  phone: string
  customerId: string
  bc: string
  externalId: string
  /** The token of its first setup link. */
  token: string
  /** The key of the call that opened its onboarding, and the body of that call. */
  opening: { key: string; body: object }
}

const succeeded = ({ status, body }: Answer): Answer['body'] => {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body
}

export async function setSettings(world: World, settings: object): Promise<void> {
  succeeded(await world.asNative('PATCH', '/v1/settings', settings))
  await callersExpired()
}

/** Creates a customer, onboards it on the page, refunds a part and closes it, opens it again and cancels that. */
export async function aPerson(world: World, { byOperator = false } = {}): Promise<Person> {
  const word = `zq${randomUUID().replaceAll('-', '').slice(0, 16)}`
  world.secrets.add(word)
  const phone = `+4917${String(Date.now()).slice(-9)}`
  const { customerId, externalId } = await createProfile(world, word, phone)
  await uploadRows(world, word, externalId)
  const body = {
    customer_id: customerId,
    notes: `notes of ${word}`,
    metadata: { [`key_${word}`]: `of ${word}` },
    page: { return_url: `https://app.example/back?who=${word}`, cancel_url: `https://app.example/no?who=${word}` },
  }
  const opening = { key: `opening-${word}`, body }
  const opened = succeeded(await keyedPost(world, '/v1/billing_customers', opening.key, body))
  const bc: string = opened.id
  const act = async (action: string, more: object) =>
    succeeded(await keyedPost(world, `/v1/billing_customers/${bc}/${action}`, `${action}-${word}`, more))
  await act('initial_amount', { amount: 2000, reason: `asked by ${word}` })
  succeeded(await world.pageOf(opened.setup_url).submitCard(undefined, { amount: 2000, currency: 'USD' }))
  await world.ended(bc)
  const [charge] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  const refund = { amount: 500, reason: `refund of ${word}` }
  succeeded(await keyedPost(world, `/v1/charges/${charge!.id}/refund`, `refund-${word}`, refund))
  await act('close', { reason: `closed for ${word}` })
  await keyedPost(world, '/v1/billing_customers', `again-${word}`, body)
  await (byOperator ? cancelInTemporal(world, bc, word) : act('cancel', { reason: `canceled for ${word}` }))
  await world.moneySettled(bc)
  await world.ended(bc)
  const token = new URL(opened.setup_url).searchParams.get('token')!
  return { word, phone, customerId, bc, externalId, token, opening }
}

/** Cancels as an operator does in Temporal UI: the history of the run has the reason. */
async function cancelInTemporal(world: World, bc: string, word: string): Promise<void> {
  const { workflow_id: id } = (await world.billingCustomer(bc)).onboarding
  const update = { args: [{ reason: `canceled for ${word}` }] as [{ reason: string }], updateId: `by-${word}` }
  await until(() =>
    world.client.workflow
      .getHandle(id)
      .executeUpdate(cancelUpdate, update)
      .then(
        () => true,
        () => false,
      ),
  )
}

async function createProfile(world: World, word: string, phone: string) {
  const profile = {
    external_id: `former_${word}`,
    name: `Ada ${word}`,
    email: `${word}@example.com`,
    phone,
    currency: 'USD',
    balance: 4711,
    address_line1: `1 ${word} Street`,
    address_line2: `Flat ${word}`,
    address_city: `${word} City`,
    address_state: `${word} State`,
    address_postal_code: word.slice(0, 18),
    address_country: 'GB',
    metadata: { [`key_${word}`]: { nested: word } },
    integration_entity_mapping: [{ provider: 'razorpay', id: `cust_${word}` }],
  }
  const { id } = succeeded(await keyedPost(world, '/v1/customers', `create-${word}`, profile))
  const externalId = `usr_${word}`
  // It has the first one twice, and gives it up twice.
  for (const external_id of [externalId, profile.external_id, externalId])
    succeeded(await world.asNative('PATCH', `/v1/customers/${id}`, { external_id }))
  return { customerId: id as string, externalId }
}

/** Uploads a file, not started, that has the customer twice. */
async function uploadRows(world: World, word: string, externalId: string): Promise<void> {
  const rows = [`${externalId},Ada ${word},${word}@example.com`, `${externalId},Ada ${word},second-${word}@example.com`]
  const file = `external_id,name,email\n${rows.join('\n')}\n`
  succeeded(await upload(world, file, { query: '?on_invalid=skip&dry_run=true' }))
}

/** Writes the word where only rare courses of an onboarding do: wallets, limits of declines, operators, webhooks. */
export async function plantRest(sql: Database, { word, bc, customerId, externalId }: Person): Promise<void> {
  const own = sql`(select id from onboardings where billing_customer_id = ${bc})`
  await sql`
    update payment_objects set method_label = ${`${word}@example.com`}, method_details = ${sql.json({ email: word })}
    where onboarding_id in ${own}`
  await sql`
    update billing_customers
    set payment_method_label = ${word}, payment_method_details = ${sql.json({ email: word })} where id = ${bc}`
  await sql`update payment_attempts set address_hash = ${word} where onboarding_id in ${own}`
  await sql`
    insert into consents (onboarding_id, gateway, reference, version, language, way, sentences, address_hash)
    select onboarding_id, gateway, reference, 1, 'en', 'text', 'By continuing, you agree.', ${word}
    from payment_attempts where onboarding_id in ${own}`
  await sql`
    insert into admission_queue
      (billing_customer_id, opens_form, organization_id, environment, source, admitted_source, is_known)
    select id, false, organization_id, environment, ${word}, ${word}, true from billing_customers where id = ${bc}`
  await underLock(sql, bc, async (tx) => {
    const by = { actor: 'operator', updateId: `update/${word}` } as const
    await insertEvent(
      tx,
      { billingCustomerId: bc },
      { type: 'onboarding.initial_charge_waived', ...by, data: { reason: word } },
    )
    const data = { label: `${word}@example.com` }
    await insertEvent(tx, { billingCustomerId: bc }, { type: 'billing_customer.payment_method_updated', data })
  })
  await sql`update customers set payment_rules = ${sql.json({ note: word })} where id = ${customerId}`
  await sql`
    update bulk_rows set errors = ${sql.json([{ code: 'invalid', param: `metadata.${word}`, message: word }])}
    where external_id = ${externalId} and state = 'duplicate'`
  await sql`
    insert into webhook_tries (endpoint_id, event_id, number, took, response)
    select d.endpoint_id, d.event_id, 1, 1, ${`ok, ${word}`}
    from webhook_deliveries d join events e on e.id = d.event_id
    where e.billing_customer_id = ${bc} or e.data ->> 'customer_id' = ${customerId}`
}
