import { randomUUID } from 'node:crypto'
import { callsPerSecond, createPost } from './api-load.ts'
import { startApiStack } from './api-stack.ts'
import { numbers } from './arguments.ts'
import { median, percentile } from './measure.ts'
import { writeResults } from './results.ts'

// `npm run bench -- api [rounds] [concurrency] [contacts]`: compares calls of our API with a handler that runs one
// statement, alternating on one PostgreSQL.

const [rounds = 100, lanes = 16, contacts = 2000] = numbers
/** Milliseconds. Many short turns spread the noise of the machine evenly. */
const turns = { oneAfterAnother: 50, atOnce: 100 }
const post = createPost(lanes)
const stack = await startApiStack()
const { admin } = stack
const { id: organization } = (await admin('create-organization', { name: 'Bench' })) as { id: string }
const { id: brand } = (await admin('create-brand', { organization, name: 'Bench' })) as { id: string }
const { key } = (await admin('create-key', { organization, environment: 'sandbox', scopes: '*' })) as { key: string }

const ports = {
  bare: await stack.startApi('bare'),
  memory: await stack.startApi('memory'),
  postgres: await stack.startApi('postgres'),
}
const bearer = { Authorization: `Bearer ${key}` }
const person = () => ({ external_id: `usr_${randomUUID()}`, name: 'Ada Example', email: 'ada@example.com' })
const edge = (contact_id: string) => ({ api_key: key, org_id: organization, brand_id: brand, contact_id })
// Enough rows for PostgreSQL to use its indexes, as in production.
const known = await Promise.all(
  Array.from({ length: contacts }, async (_, n) => {
    const made = JSON.parse(await post(ports.memory, '/public/edge/createCustomer', {}, edge(`cont_${n}`)))
    return { contact: `cont_${n}`, id: (made as { billing_customer_id: string }).billing_customer_id }
  }),
)
let calls = 0
const nextKnown = () => known[calls++ % known.length]!
const keyed = () => ({ 'Idempotency-Key': randomUUID() })

const create =
  (port: number, headers: () => Record<string, string> = () => ({})) =>
  () =>
    post(port, '/v1/customers', { ...bearer, ...headers() }, person())
const repeat =
  (port: number, headers: () => Record<string, string> = () => ({})) =>
  () =>
    post(port, '/public/edge/createCustomer', headers(), edge(nextKnown().contact))

const cases: Record<string, { base: string; call: () => Promise<string> }> = {
  'bare insert': {
    base: 'bare insert',
    call: () => post(ports.bare, '/insert', {}, { organization_id: organization, ...person() }),
  },
  'POST /v1/customers': { base: 'bare insert', call: create(ports.memory) },
  '… with Idempotency-Key': { base: 'bare insert', call: create(ports.memory, keyed) },
  '… with the rate limit in PostgreSQL': { base: 'bare insert', call: create(ports.postgres) },
  'bare select': {
    base: 'bare select',
    call: () => post(ports.bare, '/select', {}, { id: nextKnown().id }),
  },
  'repeat of edge createCustomer': { base: 'bare select', call: repeat(ports.memory) },
  '… of it with Idempotency-Key': { base: 'bare select', call: repeat(ports.memory, keyed) },
  '… of it with the rate limit in PostgreSQL': { base: 'bare select', call: repeat(ports.postgres) },
}

interface Result {
  name: string
  p50: number
  p95: number
  perSecond: number
}

async function measure(name: string, call: () => Promise<string>): Promise<Result> {
  const times: number[] = []
  for (const end = performance.now() + turns.oneAfterAnother; performance.now() < end;) {
    const began = performance.now()
    await call()
    times.push(performance.now() - began)
  }
  const perSecond = await callsPerSecond(call, lanes, turns.atOnce)
  return { name, p50: percentile(times, 0.5), p95: percentile(times, 0.95), perSecond }
}

const results: Result[] = []
try {
  // Warm-up: the code is compiled, as in any process older than a minute.
  for (const { call } of Object.values(cases)) await Promise.all(Array.from({ length: 2000 }, call))
  // Autovacuum does this in any database older than a minute. Without it the planner has no statistics.
  await stack.database`analyze`
  for (let round = 0; round < rounds; round++) {
    const order = Object.entries(cases)
    for (const [name, { call }] of round % 2 ? order.toReversed() : order) results.push(await measure(name, call))
    if ((round + 1) % 10 === 0) console.log(`  round ${round + 1} of ${rounds}`)
  }
} finally {
  await stack.stop()
}

const of = (name: string) => results.filter((result) => result.name === name)
/** Returns the median of the per-round ratios to the bare handler, and their quartiles. */
function ratio(name: string, pick: (result: Result) => number): string {
  const ratios = of(name).map((result, i) => pick(result) / pick(of(cases[name]!.base)[i]!))
  const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => percentile(ratios, p).toFixed(2))
  return `${middle} (${low} to ${high})`
}
const rows = Object.keys(cases).map((name) => ({
  call: name,
  'p50 / p95 ms, one after another': [
    median(of(name).map((r) => r.p50)).toFixed(2),
    median(of(name).map((r) => r.p95)).toFixed(2),
  ].join(' / '),
  'p50 x bare': ratio(name, (r) => r.p50),
  [`calls/s, ${lanes} at once`]: median(of(name).map((r) => r.perSecond)).toFixed(0),
  'calls/s x bare': ratio(name, (r) => r.perSecond),
}))
console.table(rows)
writeResults('api', { rounds, turns, lanes, contacts, rows })
process.exit(0)
