import { startStripeSimulator } from '../../simulators/stripe/server.ts'
import { numbers } from '../arguments.ts'
import { measureCase } from '../flow/measure-case.ts'
import { median } from '../measure.ts'
import { writeResults } from '../results.ts'
import { startBenchServers } from '../servers.ts'
import { freePort } from '../../local/ports.ts'
import { openCalls } from './calls.ts'
import { startCollector, startScraping } from './observers.ts'

// `npm run bench -- telemetry [rounds] [seconds] [runs]`: calls and onboardings per second of processes that export
// spans of everything to a collector on this machine, and of others that serve metrics, which are read each second.
// They alternate with the same without either; the ratios of each round matter.

const [rounds = 5, seconds = 3, runs = 320] = numbers

interface Measured {
  what: string
  reports: string
  perSecond: number
  /** CPU time of the process per onboarding, in milliseconds. */
  cpu?: number
}

const collector = await startCollector()
const metricsPort = await freePort()
/** The variables of each kind of process. */
const kinds: Record<string, NodeJS.ProcessEnv> = {
  neither: {},
  spans: { BENCH_COLLECTOR_URL: collector.url },
  metrics: { BENCH_METRICS_PORT: String(metricsPort) },
}
const measured: Measured[] = []

/** Measures each kind once, in the other order in each second round. */
async function eachKind(round: number, measure: (reports: string) => Promise<Measured[]>): Promise<void> {
  const order = Object.keys(kinds)
  for (const reports of round % 2 === 0 ? order : order.toReversed()) {
    const stop = reports === 'metrics' ? startScraping(metricsPort) : () => {}
    for (const one of await measure(reports)) {
      measured.push(one)
      console.log(`  round ${round + 1}: ${one.what}, ${reports}: ${one.perSecond.toFixed(1)}/s`)
    }
    stop()
  }
}

const calls = await openCalls(kinds)
try {
  for (let round = 0; round < rounds; round++)
    await eachKind(round, async (reports) => {
      const found = await calls.measure(reports, seconds * 1_000)
      return found.map(([what, perSecond]) => ({ what, reports, perSecond }))
    })
} finally {
  await calls.close()
}

const servers = await startBenchServers((line) => console.log(`  ${line}`))
const stripe = await startStripeSimulator({ folder: servers.folder })
try {
  for (let round = 0; round < rounds; round++)
    await eachKind(round, async (reports) => {
      const options = { runs: [`${runs}x32`], stripeUrl: stripe.url, more: kinds[reports]! }
      const [one] = await measureCase(servers, 'ours+simulator', options)
      return [{ what: 'onboarding', reports, perSecond: one!.perSecond, cpu: one!.cpu.app }]
    })
} finally {
  await stripe.close()
  await servers.stop()
  collector.close()
}

const of = (what: string, reports: string) => measured.filter((one) => one.what === what && one.reports === reports)
/** Returns the median of the per-round ratios to processes that report neither, and the least and the greatest. */
function ratio(what: string, reports: string, pick: (one: Measured) => number): string {
  const ratios = of(what, reports).map((one, i) => pick(one) / pick(of(what, 'neither')[i]!))
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)]
  return `${median(ratios).toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`
}
const rows = [...new Set(measured.map(({ what }) => what))].map((what) => ({
  what,
  'per second': median(of(what, 'neither').map(({ perSecond }) => perSecond)).toFixed(1),
  'x with spans': ratio(what, 'spans', ({ perSecond }) => perSecond),
  'x with metrics': ratio(what, 'metrics', ({ perSecond }) => perSecond),
  ...(what === 'onboarding'
    ? {
        'CPU ms': median(of(what, 'neither').map(({ cpu }) => cpu!)).toFixed(1),
        'CPU x with spans': ratio(what, 'spans', ({ cpu }) => cpu!),
        'CPU x with metrics': ratio(what, 'metrics', ({ cpu }) => cpu!),
      }
    : {}),
}))
console.table(rows)
console.log(`  the collector received ${(collector.received() / 1e6).toFixed(1)} MB`)
writeResults('telemetry', { rounds, seconds, runs, received: collector.received(), rows, measured })
process.exit(0)
