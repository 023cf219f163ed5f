import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  initOf,
  operations,
  requestOf,
  routes,
  undocumented,
  withKey,
  type Documented,
  type Values,
} from '../../support/documented/documented.ts'
import { scenes } from '../../support/documented/scenes.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// Every operation of the OpenAPI document by everybody who may not see what it is about. A route that is not in the
// document fails here, so that a new one is covered by being there.

let world: World
let theirs: Values
/** Who calls with a valid key and sees other rows, and what of organization and brand it may name in the calls. */
let strangers: { key: string; own: Values[] }[]
let revoked: string
/** Every id that stands in their rows, and what they have at the gateway. */
let theirIds: string[]
beforeAll(async () => {
  world = await createWorld({ worker: false })
  const { org_id, brand_id, other_org: other } = world.seeds
  // An id to create under, another for each side.
  theirs = {
    ...(await scenes.pausedBulk(world)),
    ...(await scenes.unknownCharge(world)),
    ...(await someIds()),
    user: `user_${randomUUID()}`,
    // No key of Stripe, with any end: the key of our API that a scene has here can be one by chance.
    sk_test: 'sk_test_not-a-key-of-stripe',
  }
  const live = await makeKey('live')
  const gone = await makeKey('sandbox')
  await world.admin('revoke-key', { key: gone.id! })
  revoked = gone.key!
  const elsewhere = { org: other.org_id, brand: other.brand_id, brand_id: other.brand_id, org_id: other.org_id }
  strangers = [
    // Another organization, with its own names and with theirs; the same organization in the other environment.
    { key: other.secret_key, own: [elsewhere, {}] },
    { key: live.key!, own: [{ org: org_id, brand: brand_id, brand_id, org_id }] },
  ]
  const { data } = (await world.edge('setupPaymentMethod', { contact_id: world.newContact(), gateway: 'stripe' })).body
  world.secrets.add(data.client_secret)
  theirIds = [
    ...new Set((await rows()).match(/\b[a-z]+_[0-9a-z]{26}\b/g)),
    ...[data.setup_intent_id, data.stripe_customer_id, data.client_secret.split('_secret_')[1]],
  ]
  expect(theirIds.length).toBeGreaterThan(15)
})
afterAll(() => world.close())

const makeKey = (environment: string) =>
  world.admin('create-key', { organization: world.seeds.org_id, environment, scopes: '*' }) as Promise<
    Record<string, string>
  >

/** An id of each other kind that there is. */
async function someIds(): Promise<Values> {
  const [row] = await world.sql`
    select (select min(id) from events) as evt, (select min(id) from onboardings) as onb,
      (select min(id) from api_keys) as key`
  return row as unknown as Values
}

const isOurs = (id: string) => /_[0-9a-z]{26}$/.test(id)

/** The same ids with another end: of nobody. */
const unknown = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isOurs(value) ? value.replace(/.{10}$/, '0000000000') : `${value.slice(0, -4)}0000`,
    ]),
  )

async function call(documented: Documented, values: Values, key: string | undefined): Promise<Answer> {
  const request = withKey(requestOf(documented, values), documented.credential, key)
  return world.request(request.path, initOf(request))
}

/**
 * What a call that succeeds makes anew for its own caller, and so differs between two calls. The kind stays in its
 * place: one more, one less or one of another kind is seen. That none of it is theirs is asserted beside, by `told`.
 */
const madeAnew: [what: RegExp, kind: string][] = [
  // The ids of the rows that it makes.
  [/\b([a-z]+)_[0-9a-z]{26}\b/g, '$1_ID'],
  [/whsec_[\w+/=]+/g, 'whsec'],
  // setupPaymentMethod begins a set-up at Stripe for a contact of the caller's own, whoever else has one of that name.
  [/\b(seti|cus)_1[0-9A-Za-z]{23}(?:(_secret)_\w+)?/g, '$1_AT_STRIPE$2'],
  // The link of the onboarding that it opens is signed with the onboarding's id.
  [/token=[\w-]{43}/g, 'token'],
  // createApiKey shows a key and its end.
  [/\b([sp]k_(live|test))_[\w-]+|("last_four"):"[\w-]+"/g, '$1$3'],
  // Brands are counted: of two that a caller makes, the second has another number.
  [/"number":\d+/g, 'number'],
  // A file is stored under the hash of what it names.
  [/"content_sha256":"[0-9a-f]+"/g, 'content_sha256'],
  // A preview of the hosted page has a style of its own.
  [/nonce=\\?"[\w+/=]+/g, 'nonce'],
  // Each problem has an id of its own, and each call its time.
  [/req_[\w-]+/g, 'req'],
  [/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'time'],
]

/** An answer that can be compared with that to another call; ids that the calls named are the same `ID`. */
function plain({ status, body }: Answer) {
  const asked = [...Object.values(theirs), ...Object.values(unknown(theirs))]
  const text = asked.reduce((said, id) => said.replaceAll(id, 'ID'), JSON.stringify(body))
  return { status, body: madeAnew.reduce((said, [what, kind]) => said.replace(what, kind), text) }
}

/** Ids of theirs, ours and the gateway's, that an answer tells although neither its call nor its caller had them. */
function told(documented: Documented, values: Values, mine: Values, { body }: Answer): string[] {
  const [known, said] = [JSON.stringify([requestOf(documented, values), mine]), JSON.stringify(body)]
  return theirIds.filter((id) => said.includes(id) && !known.includes(id))
}

/** All rows of this organization in this environment, but for the times at which its keys were used. */
async function rows(): Promise<string> {
  const tables = await world.sql<{ name: string }[]>`
    select table_name as name from information_schema.columns
      where column_name = 'organization_id' and table_schema = 'public'
      and table_name in (select table_name from information_schema.columns where column_name = 'environment')
        order by 1`
  const all = tables.map(async ({ name }) => {
    const [row] = await world.sql.unsafe(
      `select json_agg(to_jsonb(t) - 'last_used_at' order by t::text) as all from ${name} t
        where organization_id = $1 and environment = 'sandbox'`,
      [world.seeds.org_id],
    )
    return `${name}: ${JSON.stringify(row)}`
  })
  return (await Promise.all(all)).join('\n')
}

const keyed = operations.filter(({ credential }) => credential !== 'link')
const named = (of: Documented[]) => of.map((each) => [`${each.method} ${each.path}`, each] as const)

test('every route is in the document, except those for machines, vendors, the page and documents', () => {
  const documented = new Set(
    operations.map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  const open = [
    /^GET \/((docs\/|favicon\.ico)?|healthz|readyz|metrics|openapi\.json|llms\.txt|docs|docs\/errors|assets\/[^:*]+)$/,
    /^GET \/embed\.js$/,
    /^GET \/public\/edge\/setup-billing\/(returned|:brand_id\/:org_id\/:bc_id(\/resume|\/)?)$/,
    /^POST \/webhooks\/(stripe|paypal)(\/(connect|:\w+))?$/,
  ]
  expect(routes.filter((route) => !documented.has(route) && !open.some((each) => each.test(route)))).toEqual([])
  expect(keyed.length).toBeGreaterThan(20)
})

describe('with a key of another organization or environment', () => {
  test.each(named(keyed))('%s returns the same for objects of others as for unknown ones', async (_, documented) => {
    const before = await rows()
    for (const { key, own } of strangers) {
      for (const mine of own) {
        const foreign = await call(documented, { ...theirs, ...mine }, key)
        const nobodys = await call(documented, { ...unknown(theirs), ...mine }, key)
        expect(undocumented(documented, foreign)).toBeUndefined()
        expect(plain(foreign)).toEqual(plain(nobodys))
        expect(told(documented, { ...theirs, ...mine }, mine, foreign)).toEqual([])
        expect(told(documented, { ...unknown(theirs), ...mine }, mine, nobodys)).toEqual([])
      }
    }
    expect(await rows()).toBe(before)
  })
})

describe('without a valid key', () => {
  test.each(named(keyed))('%s is rejected in the format of its door', async (_, documented) => {
    for (const [key, status] of [
      [world.seeds.publishable_key, 403],
      [revoked, 401],
      ['sk_test_nobody', 401],
      [undefined, 401],
    ] as const) {
      const answer = await call(documented, theirs, key)
      expect([answer.status, undocumented(documented, answer)]).toEqual([status, undefined])
      for (const name of ['email', 'metadata', 'setup_url', 'bc_'])
        expect(JSON.stringify(answer.body)).not.toContain(name)
    }
  })
})

test.each(named(operations.filter(({ credential }) => credential === 'link')))(
  '%s returns nothing without the token of that link',
  async (_, documented) => {
    const other = await scenes.waiting(world)
    const swapped = { ...theirs, ...other, token: theirs.token! }
    const tokens = [other.token!, '', 'x'.repeat(43), `${theirs.token!.slice(0, -1)}!`]
    for (const values of [swapped, ...tokens.map((token) => ({ ...theirs, token }))]) {
      const answer = await call(documented, values, undefined)
      expect([answer.status, answer.body]).toEqual([
        404,
        { error: { code: 'not_found', message: 'this path does not exist' } },
      ])
    }
    const crossed = { ...theirs, org_id: world.seeds.other_org.org_id }
    expect((await call(documented, crossed, undefined)).status).toBe(404)
  },
)
