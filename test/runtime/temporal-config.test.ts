import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readConfig } from '../../runtime/config.ts'
import { clientOptions } from '../../runtime/temporal.ts'

const read = (env: NodeJS.ProcessEnv) => readConfig(env, ['temporal']).temporal
const refused = (env: NodeJS.ProcessEnv) => {
  try {
    read(env)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
const ca = new URL('../support/root-certificate.pem', import.meta.url).pathname
const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

test('TLS is on if requested, or if there is a key or a certificate', () => {
  for (const yes of ['true', 'TRUE', '1', 'yes', 'on']) expect(read({ TEMPORAL_TLS: yes }).tls).not.toBe(false)
  for (const no of ['false', 'False', '0', 'no', 'OFF', '']) expect(read({ TEMPORAL_TLS: no }).tls).toBe(false)
  expect(read({}).tls).toBe(false)
  // An empty value counts as unset: otherwise a key could be sent in clear text.
  for (const tls of [undefined, '', 'true'])
    expect(read({ TEMPORAL_API_KEY: 'key', TEMPORAL_TLS: tls, TEMPORAL_ADDRESS: 'temporal:7233' })).toMatchObject({
      apiKey: 'key',
      tls: {},
    })
  const { tls } = read({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca, TEMPORAL_TLS_SERVER_NAME: 'temporal.example' })
  expect(tls).toMatchObject({ serverNameOverride: 'temporal.example' })
  expect(new X509Certificate((tls as { serverRootCACertificate: Buffer }).serverRootCACertificate).subject).toBeTruthy()
})

test('a key is never sent in clear text, except to loopback addresses', () => {
  const key = { TEMPORAL_API_KEY: 'abc-secret', TEMPORAL_TLS: 'no' }
  for (const address of [
    'temporal:7233',
    '10.0.0.1:7233',
    'localhost.example:7233',
    '[2001:db8::1]:7233',
    '127.example',
  ])
    expect(refused({ ...key, TEMPORAL_ADDRESS: address }), address).toContain('TEMPORAL_TLS must not be off')
  for (const address of ['127.0.0.1:7233', 'localhost:7233', '[::1]:7233', '127.0.0.9', undefined])
    expect(read({ ...key, TEMPORAL_ADDRESS: address })).toMatchObject({ apiKey: 'abc-secret', tls: false })
  expect(refused({ ...key, TEMPORAL_ADDRESS: 'temporal:7233' })).not.toContain('abc-secret')
})

test('conflicting variables are rejected', () => {
  expect(refused({ TEMPORAL_TLS: 'off', TEMPORAL_TLS_SERVER_NAME: 'x' })).toContain(
    'while TEMPORAL_TLS_SERVER_NAME is set',
  )
  expect(refused({ TEMPORAL_TLS_CLIENT_CERT_PATH: ca })).toContain('must be set together')
  expect(refused({ TEMPORAL_TLS_CLIENT_KEY_DATA: privateKey })).toContain('must be set together')
  expect(refused({ TEMPORAL_TLS_CLIENT_CERT_PATH: '/no', TEMPORAL_TLS_CLIENT_KEY_PATH: ca })).toContain(
    'cannot be read',
  )
})

test('what is not a certificate or a private key is rejected, as a value and in a file', () => {
  const other = import.meta.filename
  for (const [name, value, what] of [
    ['TEMPORAL_TLS_CLIENT_CERT_DATA', 'x', 'a certificate'],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', other, 'a certificate'],
    ['TEMPORAL_TLS_SERVER_CA_CERT_PATH', other, 'a certificate'],
    ['TEMPORAL_TLS_CLIENT_KEY_DATA', 'x', 'a private key'],
    ['TEMPORAL_TLS_CLIENT_KEY_PATH', other, 'a private key'],
    ['TEMPORAL_TLS_CLIENT_KEY_PATH', ca, 'a private key'],
  ] as const)
    expect(refused({ [name]: value })).toMatch(new RegExp(`  ${name} must (be|name a file with) ${what} in PEM format`))
  const certificate = readFileSync(ca, 'utf8')
  const { tls } = read({ TEMPORAL_TLS_CLIENT_CERT_DATA: certificate, TEMPORAL_TLS_CLIENT_KEY_DATA: privateKey })
  expect(tls).toMatchObject({ clientCertPair: { key: Buffer.from(privateKey) } })
})

test("variables that only Temporal's own tools read are rejected by programs that connect to it", () => {
  const others = ['TEMPORAL_CODEC_ENDPOINT', 'TEMPORAL_GRPC_META_X', 'TEMPORAL_DEBUG']
  for (const name of ['TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE', ...others])
    expect(refused({ [name]: 'x' })).toContain(`${name} must not be set`)
  expect(() => readConfig({ TEMPORAL_PROFILE: 'prod' }, ['database'])).not.toThrow('TEMPORAL_PROFILE')
  expect(refused({ TEMPORAL_PROFILE: '', TEMPORAL_CLI_PATH: '/x' })).toBe('')
})

test("an address without a port gets Temporal's default port", () => {
  const addresses = ['temporal', '10.0.0.1', '[::1]', 'temporal:1', '[::1]:1']
  expect(addresses.map((address) => read({ TEMPORAL_ADDRESS: address }).address)).toEqual([
    ...['temporal:7233', '10.0.0.1:7233', '[::1]:7233', 'temporal:1', '[::1]:1'],
  ])
})

test('loopback connections do not use a proxy', () => {
  const proxied = (address: string) => !('grpc.enable_http_proxy' in clientOptions({ address }).channelArgs)
  expect(['127.0.0.1:7233', 'localhost:1', '[::1]:7233'].map(proxied)).toEqual([false, false, false])
  expect(['temporal:7233', '10.0.0.1:7233'].map(proxied)).toEqual([true, true])
})

test('a worker has a version if both of its variables are set', () => {
  const version = (env: NodeJS.ProcessEnv) => readConfig(env, ['temporal']).workerVersion
  expect(version({})).toBeUndefined()
  expect(version({ TEMPORAL_DEPLOYMENT_NAME: '', TEMPORAL_WORKER_BUILD_ID: '' })).toBeUndefined()
  // As the Temporal Worker Controller for Kubernetes sets them.
  const both = { TEMPORAL_DEPLOYMENT_NAME: 'billing/onboarding', TEMPORAL_WORKER_BUILD_ID: 'v0.3.0-6f2c' }
  expect(version(both)).toEqual({ deploymentName: 'billing/onboarding', buildId: 'v0.3.0-6f2c' })
  expect(refused({ TEMPORAL_DEPLOYMENT_NAME: 'billing' })).toContain('  TEMPORAL_WORKER_BUILD_ID is missing: ')
  expect(refused({ TEMPORAL_WORKER_BUILD_ID: 'v1' })).toContain('  TEMPORAL_DEPLOYMENT_NAME is missing: ')
  for (const name of ['a.b', 'a:b'])
    expect(refused({ ...both, TEMPORAL_DEPLOYMENT_NAME: name })).toContain('TEMPORAL_DEPLOYMENT_NAME must not contain')
  for (const id of ['__unversioned__', 'x'.repeat(101), 'a b'])
    expect(refused({ ...both, TEMPORAL_WORKER_BUILD_ID: id })).toContain('TEMPORAL_WORKER_BUILD_ID must be')
})
