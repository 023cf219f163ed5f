import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commands } from '../../admin/commands.ts'
import type { KeySource } from '../../admin/input/key-source.ts'
import { everythingStored } from '../support/everything-stored.ts'
import { gatewayKey } from '../support/world/gateways.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
let tenant: { organization: string; environment: string }
beforeAll(async () => {
  world = await createWorld({ worker: false, paypal: true })
  tenant = { organization: world.seeds.org_id, environment: 'sandbox' }
})
afterAll(() => world.close())

const run = (name: string, options: Record<string, string>, input: KeySource = Readable.from([])) =>
  commands[name]!.run(
    {
      database: world.sql,
      settingDefaults: world.settingDefaults,
      gateways: world.gateways,
      gatewayKeys: [gatewayKey],
      publicUrl: world.apiUrl,
      input,
    },
    options,
  ) as Promise<Record<string, unknown>>
const lines = (...texts: string[]) => Readable.from([texts.join('\n')])
const refusalOf = (made: Promise<unknown>) =>
  made.then(
    (answer) => `taken: ${JSON.stringify(answer)}`,
    ({ param, message }: { param?: string; message: string }) => `${param}: ${message}`,
  )

test('an account is created, verified, rotated and drained by command, as by the API', async () => {
  const keys = lines('secret_key=sk_test_desk', 'publishable_key = pk_test_desk', '')
  const made = await run('create-gateway-account', { ...tenant, gateway: 'stripe', operator: 'Ada' }, keys)
  expect(made).toMatchObject({ vendor_account_id: 'acct_sim_desk', ownership: 'exclusive', problem: null })
  expect(made.webhook_url).toBe(`${world.apiUrl}/webhooks/stripe/${made.id as string}`)
  const { body } = await world.asNative('GET', `/v1/gateway_accounts/${made.id as string}`)
  expect(body).toMatchObject({ status: 'active', key_hint: '…desk', webhook_endpoint_id: made.webhook_endpoint_id })

  const account = made.id as string
  expect(await run('verify-gateway-account', { account })).toMatchObject({
    webhook: 'enabled',
    permissions: { payments: true },
  })
  const rotated = await run('rotate-gateway-account', { account }, lines('secret_key=rk_test_desk'))
  expect(rotated).toMatchObject({ id: account, problem: null })
  expect(await refusalOf(run('rotate-gateway-account', { account }, lines('secret_key=sk_test_other')))).toMatch(
    /is another account at the gateway/,
  )
  expect(await run('drain-gateway-account', { account })).toMatchObject({ status: 'draining' })
  const events = await world.sql`
    select type, actor from events where type like 'gateway_account.%' order by sequence`
  expect(events.map(({ type, actor }) => `${type} ${actor}`)).toEqual([
    ...['created', 'rotated', 'verified'].map((type) => `gateway_account.${type} operator Ada`),
    ...['rotated', 'drained'].map((type) => `gateway_account.${type} operator`),
  ])
  expect((await everythingStored(world.sql)).join('\n')).not.toMatch(/[sr]k_test_desk/)
})

test.each<[string, string[], string]>([
  ['nothing', [], 'secret_key: must be a secret'],
  ['a field that the gateway does not have', ['client_secret=sk_test_desk2'], 'line 1 of standard input: must be one'],
  ['a key without its field', ['sk_test_desk2'], 'line 1 of standard input: must be one of secret_key'],
  ['a field twice', ['secret_key=sk_test_desk2', 'secret_key=sk_test_desk2'], 'secret_key: must not be specified more'],
  ['a live key', ['secret_key=sk_live_desk2', 'publishable_key=pk_test_desk2'], 'secret_key: must be'],
])('standard input with %s is refused, without repeating it', async (_what, texts, message) => {
  const refusal = await refusalOf(run('create-gateway-account', { ...tenant, gateway: 'stripe' }, lines(...texts)))
  expect(refusal).toContain(message)
  expect(refusal).not.toContain('desk2')
})

test('a terminal is asked for each key, and shows none', async () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true as const })
  const shown: string[] = []
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = ((text: string) => shown.push(text) > 0) as typeof process.stderr.write
  try {
    const making = run('create-gateway-account', { ...tenant, gateway: 'paypal' }, terminal)
    for (const line of ['typed-secret-0001', 'typed-client', '']) terminal.write(`${line}\r`)
    expect(await making).toMatchObject({ gateway: 'paypal', key_hint: '…0001', problem: null })
  } finally {
    process.stderr.write = write
  }
  expect(shown.join('')).toContain('client_secret (not shown; Enter to leave it out): ')
  expect(shown.join('')).not.toContain('typed-')
})

test.each([
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
])('%s at a question cancels: what was typed before is not used', async (_name, pressed) => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true as const })
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = () => true
  try {
    const making = run('create-gateway-account', { ...tenant, gateway: 'stripe' }, terminal)
    for (const text of ['sk_test_canceled\r', 'pk_test_canceled\r', pressed]) terminal.write(text)
    await expect(making).rejects.toThrow('canceled: nothing was changed')
  } finally {
    process.stderr.write = write
  }
  const { body } = await world.asNative('GET', '/v1/gateway_accounts')
  expect(body.data.map(({ key_hint }: { key_hint: string }) => key_hint)).not.toContain('…eled')
})

test('without GATEWAY_KEYS or PUBLIC_URL it says which is missing', async () => {
  const context = { database: world.sql, settingDefaults: world.settingDefaults, gateways: world.gateways }
  const options = { ...tenant, gateway: 'stripe' }
  const create = commands['create-gateway-account']!
  expect(await refusalOf(create.run({ ...context, publicUrl: world.apiUrl }, options))).toMatch(/^GATEWAY_KEYS: is/)
  expect(await refusalOf(create.run({ ...context, gatewayKeys: [gatewayKey] }, options))).toMatch(/^PUBLIC_URL: is/)
})
