import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments, refuseArguments, wholeNumber } from '../../runtime/arguments.ts'
import { createEnding } from '../chaos/processes/ending.ts'
import { temporaryFolder } from '../local/folders.ts'
import { causes } from './causes.ts'
import { openEndpoint } from './causes/webhooks.ts'
import { carryOut, isRight, sentenceOf, tableOf, type Outcome } from './drill.ts'
import { ruleFile, rules } from './monitoring.ts'
import { findPrometheus, startPrometheus } from './prometheus.ts'
import { failingQueries } from './queries.ts'
import { shortenRules } from './shorten.ts'
import { startStack } from './stack.ts'

// Causes what each alert is about in a running stack that Prometheus scrapes, and checks that the alert fires and is
// resolved. Then asks every query of the dashboards.

const usage = `npm run alert-drill -- [--option value …]

  --factor <number>              divides every duration of the rules (default: 60, a second for each minute)
  --only <alerts>                causes these alerts only, separated by commas, and asks no query of the dashboards
  --temporal <production|dev>    Temporal server to start (default: production)

It needs Prometheus: Debian's package, or its path in PROMETHEUS.`
const { values } = readArguments(usage, {
  options: {
    factor: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    temporal: { type: 'string', default: 'production' },
  },
})
const factor = wholeNumber(usage, '--factor', values.factor, 1)
// Ranges need some scrapes, which are a second apart.
if (factor > 60) refuseArguments(usage, '--factor must be at most 60')
const { temporal } = values
if (temporal !== 'production' && temporal !== 'dev') refuseArguments(usage, '--temporal must be production or dev')
const only = values.only.split(',').filter(Boolean)
const unknown = only.find((name) => !rules.some(({ alert }) => alert === name))
if (unknown !== undefined) refuseArguments(usage, `--only: ${unknown} is not an alert of deploy/monitoring/rules.yml`)
const program = findPrometheus()
if (!program) {
  console.log('skipped: no prometheus at PROMETHEUS or in /usr/bin')
  process.exit(0)
}

const began = Date.now()
const say = (line: string) => console.log(`[${((Date.now() - began) / 1_000).toFixed(1).padStart(6)}] ${line}`)
const folder = temporaryFolder('alert-drill')
const { cleanup, end } = createEnding(folder)

try {
  const often = { rounds: 7_200 / factor, eventLists: 600 / factor }
  const stack = await startStack({ folder, temporal, say, cleanup, ...often })
  const ofPrometheus = join(folder, 'prometheus')
  mkdirSync(ofPrometheus)
  const shortened = shortenRules(ruleFile, factor)
  const prometheus = await startPrometheus({ program, folder: ofPrometheus, rules: shortened, targets: stack.metrics })
  cleanup.push(() => prometheus.stop())
  cleanup.push(await openEndpoint(stack, 200))
  const outcomes: Outcome[] = []
  for (const cause of causes.filter(({ alerts }) => only.length === 0 || alerts.some((name) => only.includes(name)))) {
    say(`${cause.name}: ${cause.alerts.join(', ')}`)
    for (const outcome of await carryOut(cause, stack, prometheus)) {
      outcomes.push(outcome)
      say(sentenceOf(outcome))
    }
  }
  console.log(`\n${tableOf(outcomes)}\n`)
  const failing = only.length === 0 ? await failingQueries(prometheus, new Date(began)) : []
  for (const each of failing) console.log(`  ${each}`)
  const right = outcomes.every(isRight) && failing.length === 0
  console.log(right ? 'Every alert fired and was resolved.' : 'NOT right.')
  await end(right ? 0 : 1, !right)
} catch (error) {
  console.error(error)
  await end(1, true)
}
