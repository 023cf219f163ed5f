import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments, refuseArguments, wholeNumber } from '../../runtime/arguments.ts'
import { stopOnSignals } from '../../runtime/stop.ts'
import { temporaryFolder } from '../local/folders.ts'
import { makePlan } from './plan.ts'
import { isRight, problemsOf, tableOf } from './report.ts'
import { runPlan } from './run.ts'
import { createServers, type Servers, type TemporalKind } from './servers.ts'
import { completingPack, stylePack } from './styles.ts'

// Real parts are killed and the gateways misbehave while customers come; then it is counted whether each was charged
// once.

const usage = `npm run chaos -- [--option value …]

  --onboardings <number>         500 unless given
  --seed <number>                of the plan; another one each time unless given
  --patience <seconds>           how long everything may take to settle: 300 unless given
  --temporal <production|dev>    the Temporal server to start: production unless given
  --completing                   everybody pays in the end: records, charges and enrollments are as many as onboardings
  --plan                         print the plan, run nothing`
const { values } = readArguments(usage, {
  options: {
    onboardings: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    temporal: { type: 'string', default: 'production' },
    patience: { type: 'string', default: '300' },
    plan: { type: 'boolean', default: false },
    completing: { type: 'boolean', default: false },
  },
})
const onboardings = wholeNumber(usage, '--onboardings', values.onboardings, 1)
const seed = wholeNumber(usage, '--seed', values.seed)
const patience = wholeNumber(usage, '--patience', values.patience)
const { temporal } = values
if (temporal !== 'production' && temporal !== 'dev') refuseArguments(usage, '--temporal must be production or dev')

const plan = makePlan(seed, onboardings, values.completing ? completingPack : stylePack)
if (values.plan) {
  // Into a pipe it takes a while: ending before would cut it off.
  await new Promise((written) => process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`, written))
  process.exit(0)
}

const say = (line: string) => console.log(`  ${line}`)
const folder = temporaryFolder('chaos')
const servers = createServers({ folder, temporal: temporal satisfies TemporalKind, say })

let stopping = false
let ending: Promise<never> | undefined
/** Ends everything that was started; the first to call says how. */
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
  // What is only being started is ended when it can be: by whoever waits for it below.
  if (up) void end(130, false)
})

console.log(`chaos: seed ${seed}`)
try {
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan, null, 2))
  up = await servers.start()
  if (stopping) await end(130, false)
  const report = await runPlan(plan, up, { folder, patience: patience * 1000, say })
  console.log(`\n${tableOf(report)}\n`)
  if (isRight(report)) {
    console.log('Everything is exactly right.')
    await end(0, false)
  }
  for (const problem of problemsOf(report)) console.log(`  ${problem}`)
  console.log(`\nNot right. Plan, report, logs and data are kept in ${folder}`)
} catch (error) {
  if (stopping) await end(130, false)
  console.error(error)
  console.log(`\nIt could not be brought to an end. What there is, is kept in ${folder}`)
}
await end(1, true)
