import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../local/folders.ts'
import { startProgram, waitUntilReady } from '../../local/processes.ts'
import { startTimedGateway } from './gateway.ts'

export type PageStack = Awaited<ReturnType<typeof startPageStack>>

/** Milliseconds. The first start of a checkout compiles its sources. */
const longestStart = 180_000

/**
 * Starts the local stack of a checkout of this repository, of this or of an earlier version: `npm start`, with a
 * gateway that is timed.
 */
export async function startPageStack(checkout: string) {
  const folder = temporaryFolder('bench-page')
  const gateway = await startTimedGateway(join(folder, 'gateway'))
  const logFile = join(folder, 'stack.log')
  const readyFile = join(folder, 'ready.json')
  const started = startProgram(process.execPath, ['tools/local/launch.js', 'tools/local/main.ts'], {
    cwd: checkout,
    env: { ...process.env, ...gateway.env, LOCAL_DIR: folder, PORT: '0', LOG_LEVEL: 'warn' },
    logFile,
  })
  const isReady = async () => existsSync(readyFile)
  await waitUntilReady(started, { name: checkout, logFile, isReady, timeout: longestStart })
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as Record<string, string>
  gateway.sendEventsTo(ready.api_url!)

  async function call(method: string, path: string, body: object): Promise<Record<string, string>> {
    const headers = { Authorization: `Bearer ${ready.secret_key}`, 'Content-Type': 'application/json' }
    const answer = await fetch(`${ready.api_url}${path}`, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Record<string, string>
  }
  // All visitors have one address.
  await call('PATCH', '/v1/settings', { declines_per_address: 10_000, declines_per_organization: 10_000 })
  let contacts = 0
  return {
    gateway,
    /** Returns the setup link of a new contact, to whom 15.00 USD are charged. */
    async createLink(): Promise<string> {
      const contact_id = `bench-${++contacts}`
      const { brand_id, item_id: billable_item_id } = ready
      return (await call('POST', '/v1/billing_customers', { contact_id, brand_id, billable_item_id })).setup_url!
    },
    async stop(): Promise<void> {
      await started.process.stop('SIGTERM', 30_000)
      await gateway.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
