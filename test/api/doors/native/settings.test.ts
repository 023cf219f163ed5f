import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settingRules } from '../../../../domain/tenant/settings.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const read = () => world.asNative('GET', '/v1/settings')
const change = (values: object) => world.asNative('PATCH', '/v1/settings', values)

test('returns settings with their defaults; changes apply to the next onboarding of this organization', async () => {
  const { body: before } = await read()
  expect(Object.keys(before.values).sort()).toEqual(
    Object.values(settingRules)
      .map(({ name }) => name)
      .sort(),
  )
  expect(before).toMatchObject({ object: 'settings', environment: 'sandbox', values: before.defaults })
  const { status, body } = await change({ initial_amount: 4200, support_contact: 'help@example.com' })
  expect([status, body.values]).toEqual([
    200,
    { ...before.values, initial_amount: 4200, support_contact: 'help@example.com' },
  ])
  expect(body.defaults).toEqual(before.defaults)
  const opened = await world.asNative('POST', '/v1/billing_customers', { customer_id: `usr_${randomUUID()}` })
  expect(opened.body.onboarding.amount).toBe(4200)
  const foreign = await world.asNative('GET', '/v1/settings', undefined, world.seeds.other_org.secret_key)
  expect(foreign.body.values).toEqual(before.values)

  expect((await change({ initial_amount: null })).body.values.initial_amount).toBe(before.defaults.initial_amount)
  expect((await change({ support_contact: null })).body).toEqual(before)
  expect(await world.sql`select 1 from settings where organization_id = ${world.seeds.org_id}`).toHaveLength(0)
})

test('names all invalid settings in one response with what is valid, and stores none', async () => {
  const { body } = await change({
    link_life_seconds: -1,
    gateways: [],
    embed_origins: Array.from({ length: 21 }, (_, i) => `https://app${i}.example`),
    initial_charge_policy: 'sometimes',
    page_locale: 'de-DE',
    consent: 'implied',
    attempts_per_link: 3,
    colour: 'red',
  })
  expect([body.status, body.code]).toEqual([400, 'invalid_request'])
  const named = Object.fromEntries(
    body.errors.map(({ param, message }: { param: string; message: string }) => [param, message]),
  )
  expect(named).toEqual({
    link_life_seconds: 'must be a number of seconds, at most a year',
    gateways: expect.stringContaining('at least one'),
    embed_origins: expect.stringContaining('at most 20'),
    initial_charge_policy: 'must be keep or refund',
    page_locale: 'must be one of en, de, fr, es, it, nl, pt-BR, pl, ja, ar',
    consent: 'must be text or checkbox',
    colour: 'is not a field of this call',
  })
  expect((await read()).body.values.attempts_per_link).toBe(5)
})

test('the OpenAPI document has the type of each setting, in requests and responses', async () => {
  const { body } = await world.request('/openapi.json')
  const { Settings, UpdateSettings } = body.components.schemas
  const names = Object.values(settingRules).map(({ name }) => name)
  const { values, defaults } = Settings.properties
  for (const shown of [values, defaults]) expect([...shown.required].sort()).toEqual([...names].sort())
  for (const name of names) {
    expect(values.properties[name], name).toMatchObject({ type: expect.anything(), description: expect.any(String) })
    expect(UpdateSettings.properties[name].type, name).toContain('null')
  }
  expect(values.properties.reminders_seconds).toMatchObject({ type: 'array', items: { type: 'number' } })
  expect(UpdateSettings.properties.gateways.items).toEqual({ type: 'string', enum: ['stripe', 'paypal'] })
})
