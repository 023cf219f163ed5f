import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { commands } from '../../admin/commands.ts'
import { runAdmin } from '../../admin/run.ts'
import { asJson, asLines } from '../../admin/usage.ts'
import { gatewaysFrom } from '../../gateways/from-config.ts'

beforeEach(() => void vi.stubEnv('DATABASE_URL', undefined))
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  process.exitCode = undefined
})

async function refusalOf(...args: string[]): Promise<unknown> {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  const openGateways = () => gatewaysFrom({}, 1_000)
  await runAdmin(args, { noDatabase: 'no database', openGateways })
  return error.mock.calls.map(([line]: unknown[]) => line).join('\n')
}

const subject = ['--billing-customer', 'bc_1', '--reason', 'x']

test.each([
  ['change-initial-amount', [...subject, '--amount', '2000', '--amount', '200'], '--amount'],
  ['change-initial-amount', [...subject, '--amount=2000', '--amount', '2000'], '--amount'],
  ['cancel', ['--billing-customer=bc_2', ...subject], '--billing-customer'],
  ['create-key', ['--scopes', 'customers:read', '--scopes', '*'], '--scopes'],
])('%s rejects an option that is given twice', async (command, args, option) => {
  expect(await refusalOf(command, ...args)).toBe(`${option}: must not be specified more than once`)
})

test.each([
  ['restart-runs', 'started-before', {}],
  ['webhook-redeliver', 'from', { endpoint: 'we_1' }],
])('%s rejects a future --%s', async (name, option, others) => {
  const inAMinute = new Date(Date.now() + 60_000).toISOString()
  const running = commands[name]!.run({} as never, { ...others, [option]: inAMinute })
  await expect(running).rejects.toMatchObject({ param: `--${option}`, message: 'must not be in the future' })
})

test('a file that is given as an argument and as an option is rejected', async () => {
  expect(await refusalOf('bulk-onboard', 'a.csv', '--file', 'b.csv')).toBe(
    '--file: must not be specified more than once',
  )
})

const inTenant = ['--organization', 'org_1', '--environment', 'sandbox', '--gateway', 'stripe']

test.each([
  ['create-gateway-account', [...inTenant, '--secret-key', 'sk_test_given']],
  ['create-gateway-account', [...inTenant, '--secret_key=sk_test_given']],
  ['create-gateway-account', ['sk_test_given', ...inTenant]],
  ['rotate-gateway-account', ['--account', 'ga_1', 'whsec_test_given']],
  ['rotate-gateway-account', ['--account=ga_1', '--json', 'client_secret=given']],
])('%s refuses a key as an argument, without repeating it', async (command, args) => {
  const refusal = await refusalOf(command, ...args)
  expect(refusal).toContain('keys are read from standard input only')
  expect(refusal).not.toContain('given')
})

test('a command that reads keys takes its options in any form', async () => {
  expect(await refusalOf('create-gateway-account', ...inTenant, '--json', '--ownership=proven')).toBe('no database')
})

test('accepts each option once, and --json twice', async () => {
  expect(await refusalOf('cancel', ...subject, '--json', '--json')).toBe('no database')
})

test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'])(
  'there is no command %s, though every object has such a property',
  async (word) => {
    expect(await refusalOf(word)).toContain(`Unknown command "${word}"`)
    expect(process.exitCode).toBe(1)
  },
)

test.each([
  [{ rows: [], nextCursor: null }, 'nothing'],
  [{ rows: [{ id: 'bulk_1' }], nextCursor: 'x' }, 'id: bulk_1\n\nnext page: --cursor x'],
  [{ status: 'checked', rows: { total: 3, invalid: 1 } }, 'status: "checked"\nrows: {"total":3,"invalid":1}'],
])('%j is shown to people', (answer, lines) => {
  expect(asLines(answer)).toBe(lines)
})

const hostile = 'Acme\u001b[2J\u009b1m\nrow: forged\u202e\u2028'
const shown = 'Acme\\u001b[2J\\u009b1m\\u000arow: forged\\u202e\\u2028'

test('texts that could forge lines or move the cursor of a terminal are escaped', () => {
  expect(asLines({ rows: [{ name: hostile }], nextCursor: null })).toBe(`name: ${shown}`)
  expect(asLines({ rows: [{ data: { [hostile]: 1 } }], nextCursor: null })).toBe(
    `data: {"${shown.replace('\\u000a', '\\n')}":1}`,
  )
  expect(asLines({ name: hostile })).toBe(`name: "${shown.replace('\\u000a', '\\n')}"`)
  expect(JSON.parse(asJson({ name: hostile }))).toEqual({ name: hostile })
  expect(asJson({ name: hostile })).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028]/u)
  expect(asLines({ name: 'می‌خواهم Ærø 👩‍💻' })).toBe('name: "می‌خواهم Ærø 👩‍💻"')
})
