import { startStripeSimulator } from '../../simulators/stripe/server.ts'
import { numbers } from '../arguments.ts'
import { measureCase, type CaseResult as Result } from './measure-case.ts'
import { median } from '../measure.ts'
import { writeResults } from '../results.ts'
import { startBenchServers } from '../servers.ts'

// Compares our flow with a naive one on the production Temporal server and PostgreSQL, in alternating runs. The ratios
// of adjacent runs matter, because the machine may be noisy.

const [rounds = 3] = numbers
const say = (line: string) => console.log(`  ${line}`)
const servers = await startBenchServers(say)
const stripe = await startStripeSimulator({ folder: servers.folder })

/** `naive` uses the server's defaults; `naive+eager` the eager activities that our server configuration turns on. */
const names = ['naive', 'ours', 'naive+eager', 'ours+simulator']
const results: Result[] = []
try {
  for (let round = 1; round <= rounds; round++) {
    // The order alternates against drift.
    const order = round % 2 === 1 ? names : names.toReversed()
    for (const name of order) {
      const measured = await measureCase(servers, name, { runs: ['60x1', '320x32'], stripeUrl: stripe.url })
      for (const each of measured)
        say(
          `round ${round}: ${name}, ${each.lanes} in flight: ${each.perSecond.toFixed(1)}/s, ` +
            `first response ${each.answer.p50.toFixed(1)} ms`,
        )
      results.push(...measured)
    }
  }
} finally {
  await stripe.close()
  await servers.stop()
}

const of = (name: string, lanes: number) => results.filter((r) => r.name === name && r.lanes === lanes)
const mid = (name: string, lanes: number, pick: (r: Result) => number) => median(of(name, lanes).map(pick))
/** Returns the median of the per-round ratios to the naive flow. */
const ratio = (name: string, lanes: number, pick: (r: Result) => number) =>
  median(of(name, lanes).map((r, i) => pick(r) / pick(of('naive', lanes)[i]!)))

const answers = (name: string, lanes: number, digits: number) =>
  (['p50', 'p95'] as const).map((p) => mid(name, lanes, (r) => r.answer[p]).toFixed(digits)).join(' / ')
const rows = names.map((name) => ({
  flow: name,
  'onboardings/s (32)': mid(name, 32, (r) => r.perSecond).toFixed(1),
  'x naive': ratio(name, 32, (r) => r.perSecond).toFixed(2),
  'response idle p50/p95 ms': answers(name, 1, 1),
  'p50 x naive (idle)': ratio(name, 1, (r) => r.answer.p50).toFixed(2),
  'response at 32 p50/p95 ms': answers(name, 32, 0),
  'p50 x naive (32)': ratio(name, 32, (r) => r.answer.p50).toFixed(2),
  'CPU ms: app + temporal + postgres': (['app', 'temporal', 'postgres'] as const)
    .map((part) => mid(name, 32, (r) => r.cpu[part]).toFixed(1))
    .join(' + '),
  events: mid(name, 32, (r) => r.events),
}))
console.table(rows)
writeResults('latest', { rounds, rows, results })
