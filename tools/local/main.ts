import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments } from '../../runtime/arguments.ts'
import { escapedLines } from '../../runtime/terminal.ts'
import { beforeStart } from '../../runtime/start.ts'
import { stopOnSignals, stopWithoutOutput } from '../../runtime/stop.ts'
import { withoutSecrets } from '../../store/database/connection-string.ts'
import { openDemoContact } from './demo-contact.ts'
import { withoutProxyToLoopback } from './environment.ts'
import { localFolder, writeJson } from './folders.ts'
import { lockFolder } from './stack-lock.ts'
import { startStack, type Stack } from './stack.ts'

readArguments(
  'npm start\n\n  Starts the local stack. Variables such as PORT and LOCAL_DIR configure it (.env.example).',
  {},
)
const folder = localFolder(process.env)
const readyFile = join(folder, 'ready.json')
const began = Date.now()
const say = (line: string) => console.log(`  ${line}`)

Object.assign(process.env, withoutProxyToLoopback(process.env))

const other = await beforeStart(() => lockFolder(folder))
if (other !== undefined) {
  console.error(
    `A stack is already starting or running in ${folder} (process ${other}). ` +
      'Stop it, or set LOCAL_DIR to another folder.',
  )
  process.exit(1)
}
rmSync(readyFile, { force: true, recursive: true })

let stack: Stack | undefined
let ready: Record<string, unknown> = {}
let stopping = false

async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  console.log('\nstopping')
  rmSync(readyFile, { force: true })
  await stack?.stop()
  process.exit(code)
}

function writeReady(): void {
  if (stack && !stopping) writeJson(readyFile, { ...ready, processes: stack.processes() })
}

const starting = new AbortController()
const end = () => {
  if (stack) void stop(0)
  else starting.abort()
}
stopOnSignals(end)
stopWithoutOutput(end)

console.log('billing-onboarding: local stack')
try {
  stack = await startStack({
    folder,
    env: process.env,
    say,
    changed: () => Object.keys(ready).length > 0 && writeReady(),
    signal: starting.signal,
  })
} catch (error) {
  if (starting.signal.aborted) {
    console.log('\nstopped before startup completed')
    process.exit(0)
  }
  console.error(`\n${escapedLines(error instanceof Error ? error.message : String(error))}`)
  process.exit(1)
}
if (starting.signal.aborted) await stop(0)

const { seeds, temporal, stripe } = stack
// An item, a setting or an account that was changed can forbid it: it must be possible to change that back.
const demo = await openDemoContact(stack).catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error)
  return { contactId: null, setupUrl: null, shown: `no setup link could be created: ${escapedLines(why)}` }
})
ready = {
  pid: process.pid,
  api_url: stack.apiUrl,
  docs_url: `${stack.apiUrl}/docs`,
  metrics_urls: stack.metricsUrls,
  temporal_ui_url: temporal.uiUrl,
  temporal_address: temporal.address,
  temporal_namespace: temporal.namespace,
  temporal_cli: temporal.program,
  task_queue: process.env.TASK_QUEUE || 'onboarding',
  database_url: stack.databaseUrl,
  stripe_url: stripe.url,
  stripe_publishable_key: stripe.publishableKey,
  paypal_url: stack.paypal.url,
  ...seeds,
  processes: stack.processes(),
  contact_id: demo.contactId,
  setup_url: demo.setupUrl,
}
writeReady()

const runs = `${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows`
if (!stopping)
  console.log(`
Up in ${((Date.now() - began) / 1000).toFixed(1)} s. Ctrl-C stops everything. Data is kept for the next start.

  Open as the customer (card 4242 4242 4242 4242, any future date, any code; 4000 0000 0000 0002 is declined):
    ${demo.setupUrl ?? demo.shown}

  API           ${stack.apiUrl}  (reference: ${stack.apiUrl}/docs)
  Temporal UI   ${temporal.uiUrl ? runs : temporal.address}
  Blocked runs  ${temporal.uiUrl ? `${runs}?query=${encodeURIComponent('BlockedOn = "operator"')}` : ''}
  Stripe        ${stripe.url ? `${stripe.url}/_sim/ledger (simulator)` : 'the real API, test mode'}
  PayPal        ${stack.paypal.url ? `${stack.paypal.url}/_sim/ledger (simulator)` : 'the real API, sandbox'}
  PostgreSQL    ${withoutSecrets(stack.databaseUrl)}
  Metrics       ${stack.metricsUrls.api}, ${stack.metricsUrls.worker}
  Logs, keys    ${join(folder, 'logs')}, ${readyFile}

  Create a setup link for another contact:
    curl -s ${stack.apiUrl}/v1/billing_customers -H 'Authorization: Bearer ${seeds.secret_key}' \\
      -H 'Content-Type: application/json' -d '{"contact_id":"cont_1","billable_item_id":"${seeds.item_id}"}'

  Next: docs/quickstart.md; operator commands: npm run admin
`)
