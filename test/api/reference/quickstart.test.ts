import { once } from 'node:events'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { until } from '../../support/until.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const document = readFileSync(join(root, 'docs/quickstart.md'), 'utf8')
const blocks = (language: string) =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text!)

const folder = temporaryFolder('quickstart')
let world: World
beforeAll(async () => {
  world = await createWorld()
  const ready = { api_url: world.apiUrl, secret_key: world.seeds.secret_key }
  mkdirSync(join(folder, '.local'))
  writeFileSync(join(folder, '.local/ready.json'), JSON.stringify(ready))
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs blocks as they are written, where a stack left its file; an answer that is a refusal ends them. */
async function paste(...written: string[]): Promise<Answer['body'][]> {
  const strict = `set -e; curl() { command curl --fail-with-body -w '\\n' "$@"; }`
  const { stdout } = await promisify(execFile)('bash', ['-c', [strict, ...written].join('\n')], { cwd: folder })
  const lines = stdout.trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Answer['body'])
}

test('the curl commands of the quickstart, pasted unchanged, onboard a customer', async () => {
  const [settings, open, read, saved, cancel, typed, ...more] = blocks('sh') as [string, ...string[]]
  expect(more).toEqual([])

  const [customer, opened] = await paste(settings, open!)
  expect(customer).toMatchObject({ external_id: 'usr_1', name: 'Ada Example' })
  expect(opened).toMatchObject({ customer_id: customer.id, status: 'pending', existing: false })
  expect(await paste(settings, open!)).toEqual([customer, opened])

  await world.pageOf(opened.setup_url).submitCard()
  await until(async () => (await world.billingCustomer(opened.id)).status === 'active')
  const [active, charges, events] = await paste(settings, read!)
  expect(active).toMatchObject({ id: opened.id, status: 'active', onboarding: { blocked_on: null } })
  expect(charges.data).toMatchObject([{ amount: 1500, currency: 'USD', status: 'succeeded' }])
  expect(events.data.map(({ type }: { type: string }) => type)).toContain('billing_customer.activated')

  expect(await paste(settings, saved!)).toMatchObject([{ status: 'active', initial_charged: true }])
  expect(await paste(settings, cancel!)).toMatchObject([{ status: 'pending', onboarding: { closing: 'canceled' } }])

  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const [, name] of typed!.matchAll(/^npm run -s (\S+)$/gm)) expect(scripts).toHaveProperty([name!])
})

test('the program in the quickstart is docs/examples/quickstart.ts', () => {
  expect(blocks('ts')).toEqual([readFileSync(join(root, 'docs/examples/quickstart.ts'), 'utf8')])
})

test('types are generated from openapi.json, the quickstart compiles with them and onboards a customer', async () => {
  // In the project's folder: these programs are no modules to resolve.
  const node = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  node('--import', import.meta.resolve('tsx'), 'tools/clients/write-client-types.ts')
  node('node_modules/typescript-7/bin/tsc', '--noEmit', '-p', 'docs/examples/tsconfig.json')

  const { url, ended, said } = await startProgram()
  await world.pageOf(url).submitCard()
  expect(await ended, said()).toEqual([0, null])
  expect(said()).toMatch(/^pending: record done, payment_method waiting/m)
  expect(said()).toMatch(/^active: .*activation done, enrollment skipped\nCharge of 1500 USD: succeeded\n$/m)
})

test('the quickstart ends if the onboarding is canceled, and says so', async () => {
  const { url, ended, said } = await startProgram()
  const bc = /bc_[0-9a-z]+/.exec(url)![0]
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'no longer wanted' })
  expect(await ended).toEqual([1, null])
  expect(said()).toContain(`NotActiveError: ${bc} is not active: the status of its onboarding is canceled`)
})

/** Starts docs/examples/quickstart.ts; it has said where the customer goes when this returns. */
async function startProgram() {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), 'docs/examples/quickstart.ts'], {
    cwd: root,
    env: { ...process.env, API_URL: world.apiUrl, API_KEY: world.seeds.secret_key },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  // Not its exit: what it said may come later.
  const ended = once(child, 'close')
  await until(() => /customer: (http\S+)/.test(said) || child.exitCode !== null)
  const url = /customer: (http\S+)/.exec(said)?.[1]
  expect(url, said).toBeDefined()
  return { url: url!, ended, said: () => said }
}
