import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments, refuseArguments, wholeNumber } from '../../runtime/arguments.ts'
import { stopOnSignals } from '../../runtime/stop.ts'
import { temporaryFolder } from '../local/folders.ts'
import { merchantNames } from './merchants.ts'
import { makePlan, services } from './plan.ts'
import { isRight, problemsOf, tableOf } from './report.ts'
import { runPlan } from './run.ts'
import { createServers, type Servers, type TemporalKind } from './servers.ts'
import { completingPack, stylePack } from './styles.ts'

// Kills servers and injects gateway faults while customers complete onboardings, then checks that each was charged
// correctly.

const usage = `npm run chaos -- [--option value …]

  --onboardings <number>         number of onboardings (default: 500)
  --seed <number>                seed of the plan (default: different each time)
  --patience <seconds>           timeout for everything to settle after the plan (default: 300)
  --temporal <production|dev>    Temporal server to start (default: production)
  --accounts <1-3>              spread customers over the installation's accounts, an organization's own, and one that
                                is connected to the installation's as a platform (default: 1)
  --rolling                      two APIs behind a proxy and two workers, which are stopped and started in turn; no call
                                may fail
  --styles <names>               plan only customers of these styles (tools/chaos/styles.ts), separated by commas
  --completing                   plan only customers who eventually pay, so that all onboardings complete
  --plan                         print the plan without running it`
const { values } = readArguments(usage, {
  options: {
    onboardings: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    temporal: { type: 'string', default: 'production' },
    patience: { type: 'string', default: '300' },
    plan: { type: 'boolean', default: false },
    completing: { type: 'boolean', default: false },
    accounts: { type: 'string', default: '1' },
    styles: { type: 'string', default: '' },
    rolling: { type: 'boolean', default: false },
  },
})
const onboardings = wholeNumber(usage, '--onboardings', values.onboardings, 1)
const seed = wholeNumber(usage, '--seed', values.seed)
const patience = wholeNumber(usage, '--patience', values.patience)
const accounts = wholeNumber(usage, '--accounts', values.accounts, 1)
if (accounts > merchantNames.length) refuseArguments(usage, `--accounts must be at most ${merchantNames.length}`)
const { temporal } = values
if (temporal !== 'production' && temporal !== 'dev') refuseArguments(usage, '--temporal must be production or dev')

const named = values.styles.split(',').filter(Boolean)
const unknown = named.find((name) => !stylePack.some((style) => style === name))
if (unknown !== undefined) refuseArguments(usage, `--styles: ${unknown} is not a style`)
const permitted = values.completing ? completingPack : stylePack
const other = named.find((name) => !permitted.some((style) => style === name))
if (other !== undefined)
  refuseArguments(usage, `--styles: ${other} does not end as an active and charged customer; omit --completing`)
const pack = permitted.filter((style) => named.length === 0 || named.includes(style))
// The API is not killed then: a proxy cannot hide that from the calls of that moment.
const killed = services.filter((service) => service !== 'api' || !values.rolling)
const plan = makePlan(seed, onboardings, pack, accounts, killed)
if (values.plan) {
  // Writing to a pipe takes a while, and exiting earlier would truncate the output.
  await new Promise((written) => process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`, written))
  process.exit(0)
}

const say = (line: string) => console.log(`  ${line}`)
const folder = temporaryFolder('chaos')
const servers = createServers({ folder, temporal: temporal satisfies TemporalKind, rolling: values.rolling, say })

let stopping = false
let ending: Promise<never> | undefined
/** Stops all servers and exits. Only the first call takes effect. */
function end(code: number, keepFolder: boolean): Promise<never> {
  ending ??= (async () => {
    await servers.stop()
    if (!keepFolder) rmSync(folder, { recursive: true, force: true })
    process.exit(code)
  })()
  return ending
}

let up: Servers | undefined
stopOnSignals(() => {
  console.log('\nstopping')
  stopping = true
  // During startup, the code below stops the servers once they can be stopped.
  if (up) void end(130, false)
})

console.log(`chaos: seed ${seed}`)
try {
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan, null, 2))
  up = await servers.start()
  if (stopping) await end(130, false)
  const report = await runPlan(plan, up, { folder, settleTimeout: patience * 1000, say })
  console.log(`\n${tableOf(report)}\n`)
  if (isRight(report)) {
    console.log('Everything is exactly right.')
    await end(0, false)
  }
  for (const problem of problemsOf(report)) console.log(`  ${problem}`)
  console.log(`\nProblems found. Plan, report, logs and data are kept in ${folder}`)
} catch (error) {
  if (stopping) await end(130, false)
  console.error(error)
  console.log(`\nThe run did not finish. Plan, logs and data are kept in ${folder}`)
}
await end(1, true)
