import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../support/world/world.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const document = readFileSync(join(root, 'docs/testing.md'), 'utf8')
const block = (language: string, number = 0) =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))][number]![1]!

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const env = () => ({ PATH: process.env.PATH, API_URL: world.apiUrl, API_KEY: world.seeds.secret_key })

test('the test in the document is docs/examples/onboarding.ci.js, and it passes', async () => {
  const path = 'docs/examples/onboarding.ci.js'
  expect(block('js')).toBe(readFileSync(join(root, path), 'utf8'))
  const { stdout } = await run(process.execPath, ['--test', path], { cwd: root, env: env() })
  expect(stdout).toMatch(/pass 1\b/)
})

test('its shell lines bring a link of 30 days to its end', async () => {
  const opened = await world.asNative('POST', '/v1/billing_customers', { customer_id: world.newContact() })
  const lines = block('sh', 1).replaceAll('bc_01k2…', opened.body.id)
  await run('bash', ['-ec', lines], { env: env() })
  expect((await world.billingCustomer(opened.body.id)).onboarding.status).toBe('expired')
  expect(await world.eventTypes(opened.body.id)).toEqual(
    expect.arrayContaining(['billing_customer.setup_reminder', 'onboarding.clock_advanced', 'onboarding.expired']),
  )
})
