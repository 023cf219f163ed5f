import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { ofOtherTemporal } from '../../../tools/local/environment.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { bundleProgram } from '../../../tools/scripts/bundle-program.ts'

const cwd = fileURLToPath(new URL('../../../', import.meta.url))
const folder = temporaryFolder('admin')
afterAll(() => rmSync(folder, { recursive: true }))
const { PATH, HOME } = process.env
const sources = ['admin/main.ts', 'tools/local/admin.ts', 'tools/listen/main.ts'] as const
const bundles = await Promise.all(sources.map(bundleProgram))
const [adminProgram, localAdmin, listen] = bundles as [string, string, string]

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

// A running stack, whose database does not respond.
file(
  'ready.json',
  JSON.stringify({
    ...{ database_url: 'postgres://u:p@127.0.0.1:1/d', api_url: 'http://127.0.0.1:1', temporal_address: '127.0.0.1:1' },
    ...{ stripe_url: 'http://127.0.0.1:1', stripe_publishable_key: 'pk_test_1' },
  }),
)
file('secrets.json', JSON.stringify({ gatewayKeys: 'k'.repeat(32) }))

/** Returns the error of a command on the database. */
const errorOf = (env: NodeJS.ProcessEnv) =>
  new Promise<string>((resolve) => {
    const options = { cwd, env: { PATH, HOME, LOCAL_DIR: folder, ...env } }
    execFile(process.execPath, [localAdmin, 'list-organizations'], options, (_, out, error) => resolve(error))
  })

const account = { STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_1', STRIPE_TEST_WEBHOOK_SECRET: 'whsec_1' }

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['GATEWAY_KEYS', { GATEWAY_KEYS_FILE: file('keys', 'f'.repeat(32)) }, '127.0.0.1:1/d'],
  ['STRIPE_TEST_SECRET_KEY', { ...account, STRIPE_TEST_SECRET_KEY_FILE: file('sk', 'sk_test_1') }, '127.0.0.1:1/d'],
  ['DATABASE_URL', { DATABASE_URL_FILE: file('url', 'postgres://u@127.0.0.1:2/other') }, '127.0.0.1:2/other'],
  ['DATABASE_PASSWORD', { DATABASE_PASSWORD_FILE: file('password', 'p') }, '127.0.0.1:1/d'],
])('npm run admin takes %s from a file, before what the local stack says', async (_, env, place) => {
  expect(await errorOf(env)).toBe(`PostgreSQL does not respond at postgres://u:…@${place} (DATABASE_URL)\n`)
})

test('Temporal variables of the shell describe the stack only if TEMPORAL_ADDRESS named its server', () => {
  const ofShell = { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_NAMESPACE: 'work', TEMPORAL_PROFILE: 'x' }
  const env = { ...ofShell, TEMPORAL_API_KEY: '', TEMPORAL_CLI_PATH: '/temporal', PORT: '8080' }
  expect(ofOtherTemporal(env, false)).toEqual(Object.keys(ofShell))
  expect(ofOtherTemporal(env, true)).toEqual(['TEMPORAL_PROFILE'])
})

test('npm run admin names a file that cannot be used', async () => {
  const message = 'Invalid environment variables:\n  GATEWAY_KEYS_FILE names a file that cannot be read (ENOENT)\n'
  expect(await errorOf({ GATEWAY_KEYS_FILE: join(folder, 'missing') })).toBe(message)
})

test.each([
  ['admin/main.ts help', [adminProgram, 'help']],
  ['tools/local/admin.ts help', [localAdmin, 'help']],
  ['tools/listen/main.ts --help', [listen, '--help']],
])('%s ends without a stack trace if nobody reads its output', async (_, args) => {
  const child = spawn(process.execPath, args, { cwd, env: { PATH, HOME } })
  child.stdout.destroy()
  let error = ''
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  expect(error).toBe('')
  // 0 if it had ended before.
  expect([0, 141]).toContain(code)
})

test.runIf(existsSync('/dev/full'))('a command says that its output cannot be written', async () => {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [adminProgram, 'help'], {
    cwd,
    env: { PATH, HOME },
    stdio: ['ignore', full, 'pipe'],
  })
  closeSync(full)
  let error = ''
  child.stderr!.on('data', (chunk: Buffer) => (error += chunk.toString()))
  await once(child, 'close')
  expect(error).toBe('the output cannot be written (ENOSPC)\n')
})
