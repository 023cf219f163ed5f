import { mkdirSync, rmSync } from 'node:fs'
import { register } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readArguments, wholeNumber } from '../../runtime/arguments.ts'
import { freePort } from '../local/ports.ts'
import { stopOnSignals } from '../../runtime/stop.ts'
import { temporaryFolder } from '../local/folders.ts'
import { makePlan } from './plan.ts'

// Runs statements and transactions through a proxy that closes, delays, cancels, kills and resets connections between
// and inside messages. Each statement must return its own rows or fail.

const usage = `npm run torture -- [--option value …]

  --runs <number>       number of runs (default: 20000)
  --seed <number>       seed of the plans (default: different each time)
  --first <number>      number of the first run (default: 0)
  --lanes <number>      concurrent runs (default: 16)
  --run <number>        repeat only this run
  --driver <folder>     use another copy of postgres.js, such as an unpatched one
  --plan                print the plan of one run without running it`
const { values } = readArguments(usage, {
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    first: { type: 'string', default: '0' },
    run: { type: 'string' },
    lanes: { type: 'string', default: '16' },
    driver: { type: 'string' },
    plan: { type: 'boolean', default: false },
  },
})
const names = ['runs', 'seed', 'first', 'lanes'] as const
const [runs, seed, first, lanes] = names.map((name) => wholeNumber(usage, `--${name}`, values[name])) as [
  number,
  number,
  number,
  number,
]
const run = wholeNumber(usage, '--run', values.run ?? values.first)
if (values.plan) {
  console.log(JSON.stringify(makePlan(seed, run), null, 2))
  process.exit(0)
}
if (values.driver) {
  const { default: installed } = await import('postgres')
  const driver = pathToFileURL(join(resolve(values.driver), 'src/index.js')).href
  const hook = `export const resolve = (name, context, next) =>
    name === 'postgres' ? { url: ${JSON.stringify(driver)}, shortCircuit: true } : next(name, context)`
  // store/database/database.ts might reject this driver.
  const { default: other } = (await import(driver)) as { default: object }
  Object.assign(other, { mends: (installed as { mends?: number }).mends })
  register(`data:text/javascript,${encodeURIComponent(hook)}`)
}

const folder = temporaryFolder('torture')
mkdirSync(join(folder, 'logs'))
// Imported only now, because they import the driver.
const [{ startPostgres }, { openDatabase }, { torture }, { tableOf }] = await Promise.all([
  import('../local/postgres/postgres.ts'),
  import('../../store/database/database.ts'),
  import('./report.ts'),
  import('./table.ts'),
])
const password = 'only-for-torture'
const server = await startPostgres({
  folder: join(folder, 'postgres'),
  port: await freePort(),
  password,
  unsafe: true,
  logFile: join(folder, 'logs', 'postgres.log'),
})
async function end(code: number): Promise<never> {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
  process.exit(code)
}
stopOnSignals(() => void end(130))
// The default of 4,096 SCRAM iterations would take a third of a run's time.
const sql = openDatabase(server.url('postgres'), { name: 'torture', max: 1 })
await sql.unsafe(`set scram_iterations = 1; alter role postgres password '${password}'`)
await sql.end()
console.log(`torture: seed ${seed}`)
const began = Date.now()
const numbers = values.run === undefined ? Array.from({ length: runs }, (_, i) => first + i) : [run]
const say = (line: string) => console.log(`  ${line}`)
try {
  const report = await torture({ url: server.url('postgres'), seed, runs: numbers, lanes, say })
  console.log(tableOf(report, seed, Date.now() - began))
  await end(report.wrong.length > 0 ? 1 : 0)
} catch (error) {
  console.error(error)
  await end(1)
}
