import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { listen } from '../../../tools/listen/listen.ts'
import { readSettings } from '../../../tools/listen/settings.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { freePort } from '../../../tools/local/ports.ts'
import { startReceiver } from '../../support/webhooks/receiver.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

/** Runs `npm run listen` as its own process, without npm. */
function run(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['tools/local/launch.js', 'tools/listen/main.ts', ...args], {
    cwd: root,
    env: {
      ...process.env,
      ...{ BILLING_API_URL: world.apiUrl, BILLING_API_KEY: world.seeds.secret_key, LOCAL_DIR: '/nonexistent', ...env },
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, ended, said: () => said, until: (text: string) => until(async () => said.includes(text)) }
}

/** Returns a running one that has its endpoint. */
async function listenTo(url: string, ...more: string[]) {
  const listening = run(['--forward-to', url, ...more])
  await listening.until('Verify them with the secret')
  const secret = /whsec_\S+/.exec(listening.said())![0]
  world.secrets.add(secret)
  return { ...listening, secret }
}

const endpoints = () =>
  world.sql<{ id: string; types: string[] | null; deletedAt: Date | null }[]>`
    select id, types, deleted_at from webhook_endpoints where kind = 'pull' order by created_at desc`
const endLeases = () => world.sql`update webhook_deliveries set leased_until = now() - interval '1 s'`

test('events arrive signed and in order, and are printed and acknowledged; Ctrl-C ends it', async () => {
  const receiver = await startReceiver()
  const { child, ended, secret, said } = await listenTo(receiver.url, '--types', 'billing_customer.*')
  const { bc } = await world.openSetup()
  await until(async () => receiver.arrived.length >= 2)
  expect(receiver.arrived.map(({ sequence, data }) => [data.billing_customer_id, sequence])).toEqual([
    [bc, 1],
    [bc, 2],
  ])
  for (const { headers, text, id, type } of receiver.arrived) {
    expect(new Webhook(secret).verify(text, headers as Record<string, string>)).toBeTruthy()
    await until(async () => new RegExp(`${id} ${type} → 200 in \\d+ ms`).test(said()))
  }
  const [endpoint] = await endpoints()
  await until(
    async () =>
      (
        await world.sql`
    select 1 from webhook_deliveries where endpoint_id = ${endpoint!.id} and state <> 'delivered'`
      ).length === 0,
  )
  child.kill('SIGINT')
  expect(await ended, said()).toBe(0)
  expect((await endpoints())[0]).toMatchObject({ id: endpoint!.id, deletedAt: expect.any(Date) })
  await receiver.close()
})

test('an event that the server refuses is sent again, and skipped after three attempts', async () => {
  const receiver = await startReceiver()
  receiver.reply(({ sequence }) => (sequence === 1 ? 500 : 200))
  const { until: untilSaid } = await listenTo(receiver.url, '--types', 'billing_customer.*')
  await world.openSetup()
  for (let attempt = 1; attempt <= 2; attempt++) {
    await until(async () => receiver.arrived.length >= attempt)
    await untilSaid('it is sent again')
    await endLeases()
  }
  await untilSaid('skipped after 3 attempts')
  await until(async () => receiver.arrived.some(({ sequence }) => sequence === 2))
  expect(receiver.arrived.map(({ sequence }) => sequence)).toEqual([1, 1, 1, 2])
  await receiver.close()
})

test('a server that is not there yet gets its events once it is; a killed process leaves its endpoint', async () => {
  // Outgoing connections do not use it while nobody listens.
  const port = await freePort()
  const first = await startReceiver(port)
  await first.close()
  const killed = await listenTo(first.url, '--types', 'billing_customer.*')
  const [left] = await endpoints()
  await world.openSetup()
  await killed.until('waits: no server at')
  killed.child.kill('SIGKILL')
  await killed.ended
  await endLeases()
  await world.sql`update webhook_health set pulled_at = now() - interval '1 minute' where endpoint_id = ${left!.id}`

  const next = await listenTo(first.url)
  expect(next.secret).toBe(killed.secret)
  await next.until('waits: no server at')
  const receiver = await startReceiver(port)
  await until(async () => receiver.arrived.length >= 2)
  expect((await endpoints())[0]).toMatchObject({ id: left!.id, types: null, deletedAt: null })
  next.child.kill('SIGTERM')
  expect(await next.ended, next.said()).toBe(0)
  await receiver.close()
})

const settingsOf = (args: string[], env: Record<string, string>) =>
  readSettings(args, { BILLING_API_URL: world.apiUrl, BILLING_API_KEY: world.seeds.secret_key, ...env })

const target = ['--forward-to', 'http://localhost:3000']
const broken = temporaryFolder('listen')
writeFileSync(join(broken, 'ready.json'), '{"secret_key":sk_test_hidden')
afterAll(() => rmSync(broken, { recursive: true }))
const rejected: [string, string[], Record<string, string>, string][] = [
  ['no target', [], {}, '--forward-to is missing'],
  ['a target that is no URL', ['--forward-to', 'localhost:3000'], {}, 'must be a URL such as'],
  ['an unknown option', ['--forward', 'http://localhost'], {}, "Unknown option '--forward'"],
  ['no key', target, { BILLING_API_KEY: '', LOCAL_DIR: '/nonexistent' }, 'No API key. Start a local stack'],
  ['a broken stack', target, { BILLING_API_KEY: '', LOCAL_DIR: broken }, 'ready.json is not valid JSON of the stack'],
  ['a wrong key', target, { BILLING_API_KEY: 'sk_test_x' }, 'does not know this API'],
  ['no service', target, { BILLING_API_URL: 'http://127.0.0.1:9' }, 'does not respond'],
  ['a wrong type', [...target, '--types', 'charge.payed'], {}, 'types.0 is not a type'],
]

test.each(rejected)('%s is rejected', async (_name, args, env, message) => {
  const listening = async () => listen(settingsOf(args, env), () => {}, new AbortController().signal)
  await expect(listening()).rejects.toThrow(message)
})

test('a rejection ends the program with its sentence alone', async () => {
  const { ended, said } = run([...target, '--types', 'charge.payed'])
  expect(await ended).toBe(1)
  expect(said()).toContain('types.0 is not a type')
  expect(said()).not.toContain('    at ')
})

test('a target and a service cannot control the terminal, and the token of a target is stored nowhere', async () => {
  const service = createServer((_, answer) => {
    answer.writeHead(400, { 'Content-Type': 'application/problem+json' })
    answer.end(JSON.stringify({ code: 'x', status: 400, request_id: 'req_1', detail: 'no\u001b]0;owned\u0007\u202e' }))
  })
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
  onTestFinished(() => void service.close())
  const { port } = service.address() as AddressInfo
  const hostile = run([...target, '--types', 'x'], { BILLING_API_URL: `http://127.0.0.1:${port}` })
  expect(await hostile.ended).toBe(1)
  expect(hostile.said()).toContain('no\\u001b]0;owned\\u0007\\u202e')

  const listening = await listenTo('http://localhost:9/hooks?token=hidden#\u001b[2J')
  expect(listening.said()).not.toContain('\u001b')
  listening.child.kill('SIGINT')
  expect(await listening.ended).toBe(0)
  const [endpoint] = await world.sql`select description from webhook_endpoints order by created_at desc limit 1`
  expect(endpoint).toEqual({ description: 'npm run listen: http://localhost:9/hooks' })
})

test.each(['sk_test_hidden\nX', 'sk_test_hidden\u00e9', 'sk_test_hidden x'])(
  'the key %j is not echoed',
  async (key) => {
    const { ended, said } = run(target, { BILLING_API_KEY: key })
    expect(await ended).toBe(1)
    expect(said()).toContain('apiKey must be a secret key')
    expect(said()).not.toContain('hidden')
  },
)
