import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { freePort } from '../../../tools/local/ports.ts'
import { ensureDatabase, startPostgres, type Postgres } from '../../../tools/local/postgres/postgres.ts'
import { findInstallation } from '../../../tools/local/postgres/installation.ts'
import { ProductionTemporal } from '../../../tools/local/temporal/temporal-production.ts'
import type { StripeSimulator } from '../../../tools/simulators/stripe/server.ts'
import { until } from '../../support/until.ts'
import { startJudgedSimulator } from '../../support/judge/judged-simulator.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { rolesFile, runScript } from '../deploy/scripts.ts'

// Runs the services of docker-compose.yml as plain processes: the built programs against the production Temporal server
// and PostgreSQL, with the environment of the compose file.

const root = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)
const folder = temporaryFolder('production')
const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, { environment: Record<string, string> }>
}

let postgres: Postgres
let roles: { service: string; temporal: string }
let temporal: ProductionTemporal
let stripe: StripeSimulator
let variables: Record<string, string>
let port: number
/** By service: containers have a network of their own each, and the same port. */
let metricsPorts: Record<string, number>
const children: ChildProcess[] = []

beforeAll(async () => {
  mkdirSync(join(folder, 'temporal'))
  const password = 'only@for/tests#1%2'
  postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    port: await freePort(),
    password,
    unsafe: true,
    logFile: join(folder, 'postgres.log'),
  })
  roles = await createRoles(password)
  const { port: postgresPort } = new URL(postgres.url('x'))
  temporal = await new ProductionTemporal({
    folder: join(folder, 'temporal'),
    postgres: { host: '127.0.0.1', port: Number(postgresPort), user: roles.temporal, password },
    say: (line) => console.log(line),
  }).start()
  stripe = await startJudgedSimulator({ folder })
  port = await freePort()
  metricsPorts = { api: await freePort(), worker: await freePort() }
  stripe.sendEventsTo({ url: `http://127.0.0.1:${port}/webhooks/stripe`, secret: 'whsec_production' })
  variables = {
    DATABASE_PASSWORD: password,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    SETUP_LINK_SECRETS: 'a-secret-of-at-least-thirty-two-characters',
    WEBHOOK_SECRET_KEYS: 'a-key-of-at-least-thirty-two-characters',
    STRIPE_TEST_SECRET_KEY: 'sk_test_production',
    STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_production',
    STRIPE_TEST_WEBHOOK_SECRET: 'whsec_production',
    STRIPE_API_URL: stripe.url,
    STRIPE_JS_URL: `${stripe.url}/stripe.js`,
  }
}, 600_000)

afterAll(async () => {
  for (const { pid, exitCode, signalCode } of children)
    if (exitCode === null && signalCode === null) process.kill(-pid!, 'SIGKILL')
  await stripe.close()
  await temporal.process.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Creates the roles as docker-compose.yml does. Without psql, the superuser takes their place. Returns their names. */
async function createRoles(password: string): Promise<typeof roles> {
  const programs = findInstallation()
  if (!programs) {
    await ensureDatabase(postgres, 'billing_onboarding')
    return { service: 'postgres', temporal: 'postgres' }
  }
  const { port: PGPORT } = new URL(postgres.url('x'))
  const superuser = { PGHOST: '127.0.0.1', PGPORT, PGUSER: 'postgres', PGPASSWORD: password }
  const { code, output } = await runScript(['roles.sh'], {
    ...{ PATH: `${programs}/bin:/usr/bin:/bin`, ...superuser, ROLES_FILE: rolesFile },
    ...{ DATABASE_PASSWORD: password, TEMPORAL_DATABASE_PASSWORD: password },
  })
  expect(code, output).toBe(0)
  return { service: 'billing', temporal: 'temporal' }
}

/** Returns the environment of a compose service, with variables substituted and host names replaced by this machine. */
function environmentOf(service: string): NodeJS.ProcessEnv {
  const fill = (value: string) =>
    String(value).replaceAll(
      /\$\{(\w+)(?::[-?]([^}]*))?\}/g,
      (_, name: string, fallback = '') => variables[name] ?? fallback,
    )
  const here = (value: string) =>
    value
      .replace('billing@', `${roles.service}@`)
      .replace('@postgres:5432', `@127.0.0.1:${new URL(postgres.url('x')).port}`)
      .replace('temporal:7233', temporal.address)
  const given = Object.fromEntries(
    Object.entries(compose.services[service]!.environment).map(([name, value]) => [name, here(fill(value))]),
  )
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...given,
    ...(service in metricsPorts ? { METRICS_PORT: String(metricsPorts[service]) } : {}),
    ...(service === 'api' ? { PORT: String(port), HOST: '127.0.0.1' } : {}),
  }
}

function start(script: string, service: string): ChildProcess {
  const child = spawn('npm', ['run', '--silent', script], {
    cwd: root,
    env: environmentOf(service),
    stdio: 'ignore',
    detached: true,
  })
  children.push(child)
  return child
}

/** Opens a keep-alive connection, as a proxy does, for consecutive requests. */
async function openConnection(url: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  let last = Date.now()
  return {
    async get(path: string): Promise<string> {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: api\r\n\r\n`)
      const [answer] = (await once(socket, 'data')) as [Buffer]
      last = Date.now()
      return answer.toString()
    },
    /** Milliseconds. */
    idleSince: () => Date.now() - last,
    close: () => socket.destroy(),
  }
}

test(
  'build, migrate, start:api and start:worker take a contact to active on the production servers',
  { timeout: 600_000 },
  async () => {
    await run('npm', ['run', 'build'], { cwd: root })
    const { stdout } = await run('npm', ['run', '--silent', 'migrate'], { cwd: root, env: environmentOf('migrate') })
    expect(stdout).toContain('applied 0001_tenants.sql')
    expect(
      (await run('npm', ['run', '--silent', 'migrate'], { cwd: root, env: environmentOf('migrate') })).stdout,
    ).toContain('up to date')

    const api = start('start:api', 'api')
    const worker = start('start:worker', 'worker')
    const url = variables.PUBLIC_URL!
    await until(async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok)
    const proxied = await openConnection(url)
    expect(await proxied.get('/healthz')).toContain(' 200 ')
    await until(() =>
      run(process.execPath, ['dist/worker/healthcheck.js'], { cwd: root, env: environmentOf('worker') }).then(
        () => true,
        () => false,
      ),
    )

    const admin = async (...args: string[]) =>
      JSON.parse(
        (
          await run(process.execPath, ['dist/admin/main.js', ...args, '--json'], {
            cwd: root,
            env: environmentOf('api'),
          })
        ).stdout,
      ) as Record<string, string>
    const { id: org_id } = await admin('create-organization', '--name', 'Production')
    const { id: brand_id } = await admin('create-brand', '--organization', org_id!, '--name', 'Production')
    const { key } = await admin('create-key', '--organization', org_id!, '--environment', 'sandbox', '--scopes', '*')
    const caller = { api_key: key, org_id, brand_id, contact_id: 'someone' }
    const create = async () => {
      const answer = await fetch(`${url}/apis/public/edge/createCustomer.php`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ ...caller, payment_data: { pm_id: 'pm_card_visa' } }),
      })
      return (await answer.json()) as { status: string; data?: { bc_status: string; bc_initial_charged: number } }
    }
    // After ten seconds, a busy machine, a call returns that the customer is pending.
    expect(await until(create, ({ data }) => data?.bc_status === 'active')).toMatchObject({
      status: 'success',
      data: { bc_initial_charged: 1 },
    })
    const page = await fetch(`${url}/openapi.json`)
    expect(page.status).toBe(200)

    // A proxy sends requests on connections that were idle for up to a minute; by itself Node ends them after 5
    // seconds.
    await until(() => proxied.idleSince() > 7_000)
    expect(await proxied.get('/healthz')).toContain(' 200 ')
    proxied.close()

    // A container is ended like this: SIGTERM to all, and all are gone in time. Until load balancers have seen that the
    // API is not ready any more, it takes calls.
    for (const child of [api, worker]) process.kill(-child.pid!, 'SIGTERM')
    const draining = await until(
      () => fetch(`${url}/readyz`),
      ({ status }) => status === 503,
    )
    expect(await draining.json()).toEqual({ database: true, temporal: true, draining: true })
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200)
    await until(() =>
      fetch(`${url}/healthz`).then(
        () => false,
        () => true,
      ),
    )
    await until(
      () => [api, worker].every((child) => child.exitCode !== null || child.signalCode !== null),
      Boolean,
      60_000,
    )
  },
)
