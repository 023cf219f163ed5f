import { fork } from 'node:child_process'
import { Agent } from 'node:http'
import { bundleProgram } from '../scripts/bundle-program.ts'
import { startApiStack } from './api-stack.ts'
import { numbers } from './arguments.ts'
import { send, type Call } from './fairness/call.ts'
import { createOrganization } from './fairness/fill.ts'
import type { ReaderReport } from './fairness/reader.ts'
import { median, percentile } from './measure.ts'
import { writeResults } from './results.ts'

// `npm run bench -- documents [minutes] [connections]`: how unauthenticated requests for documents affect an
// organization's `GET /v1/customers`, with the rate limit off. Alternates `connections` on `/healthz` and on a document
// until documents were read for `minutes`. Exits with 1 if a response was wrong or a ratio exceeds the target.

const [minutes = 2, connections = 16] = numbers
const target = 2
/** Milliseconds. */
const turnLength = 3000
const documents = ['/openapi.json', '/docs', '/docs/errors']

const stack = await startApiStack()
const { key } = await createOrganization(stack.admin, 'Caller')
const port = await stack.startApi('memory')
const caller = { port, agent: new Agent({ keepAlive: true, maxSockets: 1 }) }
const bearer = { Authorization: `Bearer ${key}` }
for (let i = 0; i < 100; i++) {
  const person = { method: 'POST' as const, path: '/v1/customers', headers: bearer, body: { name: `Ada ${i}` } }
  const { status, text } = await send(caller, person)
  if (status !== 201) throw new Error(`POST /v1/customers: ${status} ${text}`)
}
const program = await bundleProgram('tools/bench/fairness/reader.ts')
const readers = fork(program, [String(port), String(connections)], { execArgv: [] })
const message = () => new Promise<unknown>((resolve) => readers.once('message', resolve))
await message()

interface Turn {
  times: number[]
  /** Responses other than 200, to the organization or the readers. */
  wrong: number
  /** Responses to the readers. */
  read: number
}

/** Makes the organization's calls one after another while the readers request `path`. */
async function turn(path: string, milliseconds = turnLength): Promise<Turn> {
  const call: Call = { method: 'GET', path, headers: {} }
  readers.send(call)
  const result: Turn = { times: [], wrong: 0, read: 0 }
  for (const end = performance.now() + milliseconds; performance.now() < end;) {
    const began = performance.now()
    const { status } = await send(caller, { method: 'GET', path: '/v1/customers', headers: bearer })
    result.times.push(performance.now() - began)
    if (status !== 200) result.wrong++
  }
  readers.send(null as never)
  const { statuses } = (await message()) as ReaderReport
  for (const [status, count] of Object.entries(statuses)) {
    result.read += count
    if (status !== '200') result.wrong += count
  }
  return result
}

const rounds: { document: string; healthz: Turn; beside: Turn }[] = []
try {
  for (const path of ['/healthz', ...documents]) await turn(path, 1000)
  for (let spent = 0; spent < minutes * 60_000;) {
    for (const document of documents) {
      // The order alternates, so that the noise of the machine affects both equally.
      const documentFirst = rounds.length % 2 === 1
      const first = await turn(documentFirst ? document : '/healthz')
      const second = await turn(documentFirst ? '/healthz' : document)
      rounds.push({ document, healthz: documentFirst ? second : first, beside: documentFirst ? first : second })
      spent += turnLength
    }
  }
} finally {
  readers.kill()
  await stack.stop()
}

const p95 = ({ times }: Turn) => percentile(times, 0.95)
const all = (turns: Turn[]) =>
  percentile(
    turns.flatMap(({ times }) => times),
    0.95,
  )
const perSecond = (turns: Turn[]) => (turns.reduce((sum, { read }) => sum + read, 0) / turns.length / turnLength) * 1000
const rows = documents.map((document) => {
  const of = rounds.filter((round) => round.document === document)
  const [healthz, beside] = [of.map((round) => round.healthz), of.map((round) => round.beside)]
  return {
    document,
    'reads/s, healthz / document': `${perSecond(healthz).toFixed(0)} / ${perSecond(beside).toFixed(0)}`,
    'p95 ms beside healthz': Number(all(healthz).toFixed(1)),
    'p95 ms beside document': Number(all(beside).toFixed(1)),
    'p95 ratio, median of rounds': Number(median(of.map((r) => p95(r.beside) / p95(r.healthz))).toFixed(2)),
    'p95 ratio, all together': Number((all(beside) / all(healthz)).toFixed(2)),
  }
})
const wrong = rounds.reduce((sum, { healthz, beside }) => sum + healthz.wrong + beside.wrong, 0)
console.table(rows)
console.log(`${wrong} wrong responses`)
writeResults('documents', { minutes, connections, turnLength, aim: target, rows, wrong })
const above = rows.filter((row) => row['p95 ratio, all together'] > target)
for (const { document } of above) console.log(`above the target of ${target}: ${document}`)
process.exit(wrong > 0 || above.length > 0 ? 1 : 0)
