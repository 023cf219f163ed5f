import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, inject, test } from 'vitest'
import { isAlive } from '../../../tools/local/processes.ts'
import { scrape, sumOf } from '../../support/metrics/scrape.ts'
import { until } from '../../support/until.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = temporaryFolder('stack')
const config = temporaryFolder('stack-config')
const environment = { ...process.env, LOCAL_DIR: folder, PORT: '0' }
const run = (program: string, ...args: string[]) => promisify(execFile)(program, args, { cwd: root, env: environment })
const readyFile = join(folder, 'ready.json')
let running: ChildProcess | undefined
afterAll(async () => {
  running?.kill('SIGTERM')
  await until(() => running === undefined || running.exitCode !== null || running.signalCode !== null)
  for (const place of [folder, config]) rmSync(place, { recursive: true, force: true })
})

interface Ready {
  pid: number
  api_url: string
  temporal_namespace: string
  metrics_urls: { api: string; worker: string }
  stripe_url: string
  stripe_publishable_key: string
  setup_url: string
  contact_id: string
  org_id: string
  brand_id: string
  item_id: string
  secret_key: string
  processes: { api: number; worker: number; temporal: number; postgres: number }
}
/** Returns the id of the process that holds the folder; '' while none does. */
function holder(): string {
  try {
    return readFileSync(join(folder, 'stack.pid'), 'utf8')
  } catch {
    return ''
  }
}
const ready = () => JSON.parse(readFileSync(readyFile, 'utf8')) as Ready

/**
 * The environment of the second start: a developer's profile, variables and proxies for other servers, which must not
 * affect the stack. Only the first start bundles the workflow code itself, as always without the variable.
 */
function secondEnvironment(): NodeJS.ProcessEnv {
  const profile = join(config, 'temporalio')
  mkdirSync(profile, { recursive: true })
  writeFileSync(
    join(profile, 'temporal.toml'),
    '[profile.default]\naddress = "cloud.example:7233"\nnamespace = "work"\napi_key = "secret"\n' +
      '[profile.default.tls]\n',
  )
  const proxies = ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy'].flatMap((name) => [
    [name, 'http://127.0.0.1:9'],
    [name.toUpperCase(), 'http://127.0.0.1:9'],
  ])
  return {
    ...Object.fromEntries(proxies),
    WORKFLOW_BUNDLE: inject('bundlePath'),
    XDG_CONFIG_HOME: config,
    TEMPORAL_PROFILE: 'default',
    TEMPORAL_NAMESPACE: 'work',
    TEMPORAL_API_KEY: 'secret',
    TEMPORAL_TLS: 'true',
    NODE_USE_ENV_PROXY: '1',
    PGTARGETSESSIONATTRS: 'standby',
    PGSSL: 'require',
  }
}

/** Runs `npm start` until ready.json exists and all output is printed. */
async function start(env: NodeJS.ProcessEnv = {}): Promise<{ ready: Ready; output: () => string }> {
  let output = ''
  const child = spawn('npm', ['start'], { cwd: root, env: { ...environment, ...env } })
  running = child
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const isUp = () => existsSync(readyFile) && output.includes('Next:')
  await until(() => isUp() || child.exitCode !== null, Boolean, 240_000)
  if (child.exitCode !== null) throw new Error(output)
  return { ready: ready(), output: () => output }
}

/** Connects an account to the platform, whose owner has not completed the link. */
async function connectAccount({ api_url: url, secret_key: key }: Ready): Promise<{ id: string }> {
  const links = { return_url: 'https://shop.example/return', refresh_url: 'https://shop.example/refresh' }
  const response = await fetch(`${url}/v1/gateway_accounts`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ gateway: 'stripe', auth: 'connect', ...links }),
  })
  return (await response.json()) as { id: string }
}

/** Returns other processes with the stack's folder in their command or environment. */
function leftovers(): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')
        return text.includes(folder)
          ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 80)}`]
          : []
      } catch {
        return []
      }
    })
}

async function stop(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM')
  const began = Date.now()
  await until(() => running!.exitCode !== null || running!.signalCode !== null)
  // Four programs, each of which is ended by force after ten seconds.
  expect(Date.now() - began).toBeLessThan(45_000)
  // Compilers exit a moment after the programs, when their pipe is closed.
  await expect.poll(leftovers).toEqual([])
  expect(existsSync(readyFile)).toBe(false)
}

async function edge({ api_url, secret_key, org_id, brand_id }: Ready, action: string, body: object) {
  const response = await fetch(`${api_url}/public/edge/${action}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ api_key: secret_key, org_id, brand_id, ...body }),
  })
  return (await response.json()) as { data: { bc_status: string; setup_url: string } }
}

test(
  'npm start starts everything, keeps data when it is killed, takes admin commands and ends with SIGTERM',
  { timeout: 600_000 },
  async () => {
    const first = await start()
    const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777
    expect(['ready.json', 'temporal.db', 'logs', 'simulators'].map(modeOf)).toEqual([0o600, 0o600, 0o700, 0o700])
    expect(first.output()).toContain(first.ready.setup_url)
    expect(first.output()).toContain('curl -s')
    expect(Object.values(first.ready.processes).every(isAlive)).toBe(true)

    const token = (await (
      await fetch(`${first.ready.stripe_url}/v1/confirmation_tokens`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${first.ready.stripe_publishable_key}` },
        body: new URLSearchParams({
          'payment_method_data[type]': 'card',
          'payment_method_data[card][number]': '4242424242424242',
        }),
      })
    ).json()) as { id: string }
    const link = new URL(first.ready.setup_url)
    await fetch(`${link.origin}${link.pathname}/setup-completed${link.search}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ gateway: 'stripe', confirmation_token: token.id, amount: 1500, currency: 'USD' }),
    })
    const bc_id = link.pathname.split('/').at(-1)!
    await until(async () => (await edge(first.ready, 'getCustomer', { bc_id })).data.bc_status === 'active')

    // Each process serves its metrics, the worker those of Temporal's SDK as well. A run completes after its record.
    const { api, worker } = first.ready.metrics_urls
    const ofWorker = await until(
      () => scrape(worker),
      (metrics) => sumOf(metrics, 'temporal_workflow_completed_total') > 0,
    )
    expect(sumOf(ofWorker, 'onboarding_ended_total', { result: 'completed' })).toBe(1)
    expect(sumOf(await scrape(api), 'onboarding_created_total')).toBe(1)

    // The schema is in the cache when tests run, so the stack's own simulator judges too.
    const sent = (await (await fetch(`${first.ready.stripe_url}/_sim/requests`)).json()) as {
      judged: number
      requests: { valid: boolean }[]
    }
    expect(sent.judged).toBeGreaterThan(2 * sent.requests.length - 1)
    expect(sent.requests.filter(({ valid }) => !valid)).toEqual([])

    // A process that dies is started again, and ready.json says so.
    for (const name of ['api', 'worker'] as const) {
      process.kill(first.ready.processes[name], 'SIGKILL')
      await until(() => ready().processes[name] !== first.ready.processes[name])
    }
    await until(async () => (await fetch(`${first.ready.api_url}/readyz`).catch(() => undefined))?.ok)

    // The next start can create no link for it.
    const setItem = (status: string) => {
      const item = ['--organization', first.ready.org_id, '--environment', 'sandbox', '--item', first.ready.item_id]
      return run('npm', 'run', '-s', 'admin', '--', 'set-item', ...item, '--status', status)
    }
    await setItem('inactive')

    // A killed launcher cannot stop anything, and nothing runs on without it. The next start replaces what it left.
    process.kill(first.ready.pid, 'SIGKILL')
    await until(() => leftovers().length === 0)
    rmSync(readyFile)

    const killed = holder()
    const starting = start(secondEnvironment())
    await until(() => !['', killed].includes(holder()))
    await expect(run('npm', 'start')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('already') })

    const { ready: second, output } = await starting
    expect(output()).toContain(
      'ignored by the local stack: TEMPORAL_API_KEY, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, TEMPORAL_TLS',
    )
    expect(second.temporal_namespace).toBe('default')
    expect(await (await fetch(`${second.api_url}/readyz`)).json()).toEqual({ database: true, temporal: true })
    const { org_id, secret_key, item_id } = first.ready
    expect(second).toMatchObject({ org_id, secret_key, item_id })
    // It is up without a link, and says why.
    expect(second).toMatchObject({ contact_id: null, setup_url: null })
    expect(output()).toMatch(/no setup link could be created: the API returned 4\d\d: .*item/)
    await setItem('active')
    expect((await edge(second, 'getCustomer', { bc_id })).data.bc_status).toBe('active')

    expect((await run('npm', 'run', '-s', 'admin', '--', 'needs-person')).stdout).toBe('nothing\n')
    // A command that calls the gateway uses the simulator of the stack.
    const importing = ['--organization', org_id, '--environment', 'sandbox', '--out', join(folder, 'import')]
    const imported = await run('npm', 'run', '-s', 'admin', '--', 'import-gateway-customers', ...importing)
    expect(imported.stdout).toMatch(/^customers: \d+\nmatched: /)
    // Also as the platform that the simulator is.
    const { id } = await connectAccount(second)
    const verified = await run('npm', 'run', '-s', 'admin', '--', 'verify-gateway-account', '--account', id)
    expect(verified.stdout).toContain('status: "pending"')
    const [line] = /curl -s .*?\n\n/s.exec(output())!
    expect(JSON.parse((await run('bash', '-c', line)).stdout)).toMatchObject({
      status: 'pending',
      onboarding: { billable_item_id: item_id },
    })
    // A supervisor only knows npm's process, which forwards the signal.
    await stop(running!.pid!)
  },
)
