import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

test('a replaced link returns 404 and the new one works; repeats return the newest', async () => {
  const { contact, bc, page } = await world.openSetup()
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  const fresh = world.pageOf(body.setup_url)
  expect((await page.open()).status).toBe(410)
  expect((await page.open()).body).toContain('This link was replaced')
  expect((await page.submitCard()).status).toBe(410)
  expect((await fresh.open()).status).toBe(200)
  expect((await world.openSetup(contact)).page.token).toBe(fresh.token)
  await fresh.submitCard()
  expect(await world.ended(bc)).toBe('completed')
})

test('a submission on a link can still be followed on it after it was replaced', async () => {
  const { bc, page } = await world.openSetup()
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  expect((await page.progress()).status).toBe(200)
  expect((await page.submitCard()).status).toBe(409)
  await bank.release()
  await world.ended(bc)
})

test('a customer who paid on a link before it was replaced sees the result on it', async () => {
  const { bc, page } = await world.openSetup()
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  await bank.release()
  expect(await world.ended(bc)).toBe('completed')
  expect((await page.open()).body).toContain('You are all set')
  expect((await page.progress()).status).toBe(200)
})

test('limits how often a link is replaced; the error names the limit, and the current link keeps working', async () => {
  const { bc } = await world.openSetup()
  await world.sql`update onboardings set link_version = 98 where billing_customer_id = ${bc}`
  const path = `/v1/billing_customers/${bc}/setup_link`
  const answers = await Promise.all(Array.from({ length: 5 }, () => world.asNative('POST', path, { replace: true })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409, 409])
  const refused = answers.find(({ status }) => status === 409)!
  expect(refused.body).toMatchObject({ code: 'limit_reached', detail: expect.stringContaining('100 setup links') })
  await expect(world.admin('replace-link', { 'billing-customer': bc })).rejects.toThrow('100 setup links')
  const [row] = await world.sql<{ linkVersion: number; events: number }[]>`
    select link_version, (
      select count(*)::int from events e
      where e.onboarding_id = o.id and e.type = 'billing_customer.setup_link_replaced'
    ) as events
    from onboardings o where billing_customer_id = ${bc}`
  expect(row).toEqual({ linkVersion: 100, events: 2 })
  const { body: live } = await world.asNative('POST', path, {})
  const page = world.pageOf(live.setup_url)
  expect((await page.open()).status).toBe(200)
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
})

test('a link replaced 20,000 times before the limit existed works, and wrong tokens return 404', async () => {
  const { bc } = await world.openSetup()
  await world.sql`update onboardings set link_version = 20001 where billing_customer_id = ${bc}`
  const { body: live } = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, {})
  const page = world.pageOf(live.setup_url)
  expect((await page.open()).status).toBe(200)
  const url = new URL(page.url)
  url.searchParams.set('token', 'A'.repeat(43))
  const wrong = await world.pageOf(url.href).progress()
  expect([wrong.status, wrong.body]).toEqual([
    404,
    { error: { code: 'not_found', message: 'this path does not exist' } },
  ])
  expect((await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })).status).toBe(409)
})
