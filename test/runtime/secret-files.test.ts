import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../runtime/config.ts'
import { isSecret } from '../../runtime/files/secret-files.ts'
import { variables } from '../../runtime/variables.ts'
import { temporaryFolder } from '../../tools/local/folders.ts'
import { all, parts, problems } from './problems.ts'

const folder = temporaryFolder('secret-files')
afterAll(() => rmSync(folder, { recursive: true }))
/** Writes a file and returns its path. */
function file(content: string | Uint8Array): string {
  const path = join(folder, String(files++))
  writeFileSync(path, content)
  return path
}
let files = 0
const { SETUP_LINK_SECRETS, ...others } = all

test.each(['', '\n', '\r\n', '\n\n'])('a secret is read from a file that ends with %j', (end) => {
  const env = { ...others, SETUP_LINK_SECRETS: '', SETUP_LINK_SECRETS_FILE: file(` ${SETUP_LINK_SECRETS}${end}`) }
  expect(readConfig(env, parts).setupLinkSecrets).toEqual([SETUP_LINK_SECRETS])
})

test('a password keeps every character but the line breaks at its end', () => {
  const env = { ...all, DATABASE_URL: 'postgres://u@h/d', DATABASE_PASSWORD_FILE: file(' a b\t\n') }
  expect(new URL(readConfig(env, parts).databaseUrl).password).toBe('%20a%20b%09')
})

test('these variables are secrets, and every new one that looks like one is', () => {
  expect(Object.keys(variables.shape).filter(isSecret)).toEqual([
    ...['DATABASE_URL', 'DATABASE_PASSWORD', 'TEMPORAL_API_KEY'],
    ...['STRIPE_LIVE_SECRET_KEY', 'STRIPE_LIVE_WEBHOOK_SECRET', 'STRIPE_LIVE_CONNECT_WEBHOOK_SECRET'],
    ...['STRIPE_TEST_SECRET_KEY', 'STRIPE_TEST_WEBHOOK_SECRET', 'STRIPE_TEST_CONNECT_WEBHOOK_SECRET'],
    ...['PAYPAL_LIVE_CLIENT_SECRET', 'PAYPAL_TEST_CLIENT_SECRET'],
    ...['SETUP_LINK_SECRETS', 'GATEWAY_KEYS', 'WEBHOOK_SECRET_KEYS', 'OTEL_EXPORTER_OTLP_HEADERS'],
  ])
})

test('each secret can be in a file, and no message shows what is in it', () => {
  for (const name of Object.keys(variables.shape).filter(isSecret)) {
    const rest = { ...all, [name]: '' }
    const hidden = file('"hidden-hidden-\u0007hidden"')
    const message = problems({ ...rest, [`${name}_FILE`]: hidden })
    // A password may be anything.
    if (name !== 'DATABASE_PASSWORD') expect(message, name).toContain(`\n  ${name} `)
    expect(message).not.toContain('hidden-')
  }
})

test('a file that cannot be used is an error that names its variable', () => {
  mkdirSync(join(folder, 'a-folder'))
  const of = (path: string) => problems({ ...all, GATEWAY_KEYS_FILE: path })
  expect(of(join(folder, 'missing'))).toContain('\n  GATEWAY_KEYS_FILE names a file that cannot be read (ENOENT)')
  expect(of(join(folder, 'a-folder'))).toContain('\n  GATEWAY_KEYS_FILE names a file that cannot be read (EISDIR)')
  expect(of(file('\n'))).toContain('\n  GATEWAY_KEYS_FILE names an empty file')
  expect(of(file('\ufeff\n'))).toContain('\n  GATEWAY_KEYS_FILE names an empty file')
  expect(of(file('z'.repeat(64 * 1024 + 1)))).toContain('\n  GATEWAY_KEYS_FILE names a file of more than 64 KB')
  expect(of('')).toBe('')
})

test('a variable whose file cannot be used is not reported as missing, too', () => {
  const names = ['STRIPE_TEST_SECRET_KEY', 'SETUP_LINK_SECRETS', 'DATABASE_URL', 'WEBHOOK_SECRET_KEYS'] as const
  for (const name of names)
    expect(problems({ ...all, [name]: '', [`${name}_FILE`]: '/nowhere' })).toBe(
      `Invalid environment variables:\n  ${name}_FILE names a file that cannot be read (ENOENT)`,
    )
})

test('what never ends is not read: each variable that names a file refuses it', () => {
  const pipe = join(folder, 'a-pipe')
  execFileSync('mkfifo', [pipe])
  for (const path of [pipe, '/dev/zero']) {
    const names = ['GATEWAY_KEYS_FILE', 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', 'WORKFLOW_BUNDLE']
    for (const name of names)
      expect(problems({ ...all, [name]: path })).toContain(`\n  ${name} names a pipe or a device`)
    const url = `postgres://localhost/x?sslrootcert=${path}`
    expect(problems({ ...all, DATABASE_URL: url })).toContain('sslrootcert, which names a pipe or a device')
  }
})

test('a byte order mark is not part of a secret, and a secret in another encoding is refused', () => {
  const of = (content: string | Uint8Array) => {
    const env = { ...all, DATABASE_URL: 'postgres://u@h/d', DATABASE_PASSWORD_FILE: file(content) }
    return new URL(readConfig(env, parts).databaseUrl).password
  }
  expect(of('\ufeffgeheim\r\n')).toBe('geheim')
  expect(of('schlüssel')).toBe('schl%C3%BCssel')
  for (const encoding of ['latin1', 'utf16le'] as const)
    expect(() => of(Buffer.from('schlüssel', encoding))).toThrow(
      '\n  DATABASE_PASSWORD_FILE names a file that is not UTF-8 text',
    )
})

test('a variable and its file together are an error, and so is a file for what is not a secret', () => {
  const both = problems({ ...all, SETUP_LINK_SECRETS_FILE: file('z'.repeat(32)) })
  expect(both).toBe(
    'Invalid environment variables:\n  SETUP_LINK_SECRETS_FILE must not be set together with SETUP_LINK_SECRETS',
  )
  expect(problems({ ...all, PORT_FILE: file('8080') })).toContain(
    '\n  PORT_FILE must not be set: only secrets are read from files',
  )
})
