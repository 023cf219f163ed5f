import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stopOnSignals } from '../stop.ts'
import { temporaryFolder } from '../test/support/temporary-folder.ts'
import { makePlan } from './plan.ts'
import { isRight, problemsOf, tableOf } from './report.ts'
import { runPlan } from './run.ts'
import { createServers, type Servers, type TemporalKind } from './servers.ts'
import { completingPack, stylePack } from './styles.ts'

// `npm run chaos -- --onboardings 500 --seed 1`: real parts are killed and the gateway misbehaves while customers come; then
// it is counted whether each was charged once. `--plan` only prints the plan, `--temporal dev` takes the dev server, and with
// `--completing` everybody pays in the end: then records, charges and enrollments are as many as onboardings.

const { values } = parseArgs({
  options: {
    onboardings: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    temporal: { type: 'string', default: 'production' },
    patience: { type: 'string', default: '300' },
    plan: { type: 'boolean', default: false },
    completing: { type: 'boolean', default: false },
  },
})
const [onboardings, seed, patience] = [values.onboardings, values.seed, values.patience].map(Number) as [
  number,
  number,
  number,
]
if (![onboardings, seed, patience].every((n) => Number.isSafeInteger(n) && n >= 0) || onboardings === 0) {
  console.error('--onboardings, --seed and --patience (seconds) must be whole numbers')
  process.exit(2)
}
if (values.temporal !== 'production' && values.temporal !== 'dev') {
  console.error('--temporal must be production or dev')
  process.exit(2)
}

const plan = makePlan(seed, onboardings, values.completing ? completingPack : stylePack)
if (values.plan) {
  // Into a pipe it takes a while: ending before would cut it off.
  await new Promise((written) => process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`, written))
  process.exit(0)
}

const say = (line: string) => console.log(`  ${line}`)
const folder = temporaryFolder('chaos')
const servers = createServers({ folder, temporal: values.temporal satisfies TemporalKind, say })

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
