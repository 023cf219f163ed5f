import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { longestCall } from '../../../api/call/deadline.ts'
import { readConfig } from '../../../runtime/config.ts'
import { longestDrain, longestGatewayTimeout } from '../../../runtime/variables.ts'
import { browserFiles } from '../../../tools/scripts/build-page.ts'
import { workerLimits } from '../../../worker/run-worker.ts'
import { searchAttributeNames } from '../../../domain/onboarding/search-attributes.ts'
import { compose, readFile as read } from './compose.ts'

const root = new URL('../../../', import.meta.url)

test('docker-compose.yml is valid against the published compose schema', () => {
  const require = createRequire(import.meta.url)
  const file = join(dirname(require.resolve('dclint/package.json')), 'schemas/compose.schema.json')
  const schema = JSON.parse(readFileSync(file, 'utf8')) as { $schema?: string }
  // JSON Schema draft 7 under a URL that the validator does not know.
  delete schema.$schema
  const ajv = new Ajv({ strict: false, validateFormats: false })
  const valid = ajv.compile(schema)
  expect(valid(compose) || valid.errors).toBe(true)
  expect(valid({ services: { api: { comand: 'x' } } })).toBe(false)
})

test('long-running services restart and have health checks, and jobs run before their dependents', () => {
  const { services } = compose
  for (const name of ['postgres', 'temporal', 'temporal-ui', 'api', 'worker', 'backup'])
    expect(services[name], name).toMatchObject({ restart: 'unless-stopped', healthcheck: expect.any(Object) })
  expect(services.worker!.depends_on).toEqual({
    migrate: { condition: 'service_completed_successfully' },
    'temporal-setup': { condition: 'service_completed_successfully' },
  })
  for (const name of ['temporal-schema', 'migrate', 'backup'])
    expect(services[name]!.depends_on, name).toEqual({ roles: { condition: 'service_completed_successfully' } })
  expect(services.temporal!.depends_on).toEqual({ 'temporal-schema': { condition: 'service_completed_successfully' } })
})

/** Returns the seconds of a compose duration such as 1m30s. */
const secondsOf = (duration: string) =>
  [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * { h: 3_600, m: 60, s: 1 }[unit as 'h' | 'm' | 's'],
    0,
  )

test('no container is killed before its program has shut down, whatever the settings', () => {
  const { api, worker } = compose.services
  const closing = 10
  expect(() => readConfig({ DRAIN_SECONDS: String(longestDrain + 1) }, [])).toThrow('DRAIN_SECONDS')
  expect(() => readConfig({ GATEWAY_TIMEOUT_MS: String(longestGatewayTimeout + 1) }, [])).toThrow('GATEWAY_TIMEOUT_MS')
  const longestStop = longestDrain + longestCall(longestGatewayTimeout) / 1_000
  expect(secondsOf(api!.stop_grace_period!)).toBeGreaterThanOrEqual(longestStop + closing)
  expect(secondsOf(worker!.stop_grace_period!)).toBeGreaterThanOrEqual(
    secondsOf(workerLimits.shutdownForceTime) + closing,
  )
  // The values in operations.md for other platforms.
  const { drain, gatewayTimeout } = readConfig({}, [])
  const [, told] = /together: (\d+) with the defaults/.exec(read('docs/operations.md'))!
  expect(Number(told)).toBeGreaterThan(drain + longestCall(gatewayTimeout) / 1_000)
})

test('the job registers the search attributes that the workflows use', () => {
  const script = read('deploy/compose/temporal-setup.sh')
  expect([...script.matchAll(/--name (\w+) --type Keyword/g)].map(([, name]) => name)).toEqual(searchAttributeNames)
})

test('the server is configured for eager activities', () => {
  expect(parse(read('tools/temporal/dynamic-config.yaml'))).toEqual({
    'system.enableActivityEagerExecution': [{ value: true }],
  })
  expect(compose.services.temporal!.volumes).toEqual([
    `./tools/temporal/dynamic-config.yaml:${compose.services.temporal!.environment!.DYNAMIC_CONFIG_FILE_PATH}:ro`,
  ])
})

test('the image does not run as root and contains neither sources nor development packages', () => {
  const [, , runtime] = read('Dockerfile').split(/^FROM /m)
  expect(runtime).toMatch(/^node:24-slim/)
  expect(runtime).toContain('USER node')
  expect(runtime).not.toContain('COPY . .')
  expect(read('Dockerfile')).toContain('npm prune --omit=dev')
})

test('no browser script replaces a server module in dist/', () => {
  const scripts = browserFiles.filter((file) => file.endsWith('.js'))
  const sources = scripts.flatMap((file) =>
    ['.ts', '.tsx'].map((ending) => `api/assets/${file.replace('.js', ending)}`),
  )
  expect(sources.filter((file) => existsSync(new URL(file, root)))).toEqual([])
})
