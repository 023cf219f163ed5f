import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'
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

test('the tests in the document pass in an empty project as npm creates it, whose type is commonjs', async () => {
  const name = 'onboarding.test.mjs'
  expect(block('js')).toBe(readFileSync(join(root, 'docs/examples', name), 'utf8'))
  const folder = temporaryFolder('empty-project')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }')
  const other = `test('another journey', async () => {
    const { id } = await post('/billing_customers', { customer_id: '${world.newContact()}' })
    ${block('js', 1)}})`
  writeFileSync(join(folder, name), block('js') + other)
  const { stdout } = await run(process.execPath, ['--test'], { cwd: folder, env: env() })
  expect(stdout).toMatch(/pass 2\b/)
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
