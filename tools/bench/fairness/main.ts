import { fork } from 'node:child_process'
import { Agent } from 'node:http'
import { bundleProgram } from '../../scripts/bundle-program.ts'
import { startApiStack } from '../api-stack.ts'
import { numbers } from '../arguments.ts'
import { median, percentile } from '../measure.ts'
import { writeResults } from '../results.ts'
import { send, type Call } from './call.ts'
import { createOrganization, fillReader, largestLists } from './fill.ts'
import { createNeighbor, type Answers } from './neighbor.ts'
import type { ReaderReport } from './reader.ts'

// `npm run bench -- fairness [minutes] [loops]`: how one organization's largest reads affect another's calls, with the
// rate limit off. Alternates turns without reads, with `loops` reading one row, and with `loops` reading full pages,
// until the last took `minutes`. Exits with 1 if a response was wrong or a ratio exceeds the target.

const [minutes = 2, loops = 8] = numbers
const target = 2
/** Milliseconds. */
const turns = { idle: 1000, smallest: 4000, largest: 4000 }

const stack = await startApiStack()
const [reader, other] = [
  await createOrganization(stack.admin, 'Reader'),
  await createOrganization(stack.admin, 'Neighbor'),
]
const port = await stack.startApi('memory')
const fillAgent = new Agent({ keepAlive: true })
const largeFrom = await fillReader(
  stack.database,
  async (path, body) => {
    const headers = { Authorization: `Bearer ${reader.key}` }
    const { status, text } = await send({ port, agent: fillAgent }, { method: 'POST', path, headers, body })
    if (status > 299) throw new Error(`${path}: ${status} ${text}`)
    return JSON.parse(text) as Record<string, string>
  },
  reader,
)
fillAgent.destroy()
const lists = largestLists(reader, largeFrom)
const callFor = await createNeighbor(port, other)
const readers = fork(await bundleProgram('tools/bench/fairness/reader.ts'), [String(port), String(loops)], {
  execArgv: [],
})
const message = () => new Promise<unknown>((resolve) => readers.once('message', resolve))
await message()

interface Turn extends Answers {
  p50: number
  p95: number
  read: ReaderReport
}
/** Makes the other organization's calls while the readers repeat `call`. */
async function turn(milliseconds: number, call?: Call): Promise<Turn> {
  if (call) readers.send(call)
  const answers = await callFor(milliseconds)
  readers.send(null as never)
  const read = (await message()) as ReaderReport
  return { ...answers, p50: percentile(answers.times, 0.5), p95: percentile(answers.times, 0.95), read }
}

interface Round {
  list: string
  idle: Turn
  smallest: Turn
  largest: Turn
}
const rounds: Round[] = []
try {
  await callFor(3000)
  for (const { largest } of Object.values(lists)) await turn(500, largest)
  for (let spent = 0; spent < minutes * 60_000;) {
    for (const [list, { smallest, largest }] of Object.entries(lists)) {
      const idle = await turn(turns.idle)
      // The order alternates, so that the noise of the machine affects both equally.
      const largestFirst = rounds.length % 2 === 1
      const first = await turn(turns.smallest, largestFirst ? largest : smallest)
      const second = await turn(turns.largest, largestFirst ? smallest : largest)
      rounds.push({
        list,
        idle,
        ...(largestFirst ? { smallest: second, largest: first } : { smallest: first, largest: second }),
      })
      spent += turns.largest
    }
    console.log(`  ${Math.round((rounds.length * turns.largest) / 1000)} s of the largest reads`)
  }
} finally {
  readers.kill()
  await stack.stop()
}

const ms = (values: number[]) => median(values).toFixed(1)
const pooled = (of: Round[], kind: 'smallest' | 'largest' | 'idle') =>
  percentile(
    of.flatMap((round) => round[kind].times),
    0.95,
  )
function rowOf(list: string, of: Round[]) {
  const size = (turns: Turn[]) => {
    const answers = turns.flatMap(({ read }) => Object.values(read.statuses)).reduce((a, b) => a + b, 0)
    return `${(turns.reduce((sum, { read }) => sum + read.bytes, 0) / answers / 1024).toFixed(0)} KiB`
  }
  const times = (kind: 'smallest' | 'largest' | 'idle') =>
    `${ms(of.map((round) => round[kind].p50))} / ${ms(of.map((round) => round[kind].p95))}`
  return {
    list,
    'largest / one row': `${size(of.map(({ largest }) => largest))} / ${size(of.map(({ smallest }) => smallest))}`,
    'idle p50 / p95 ms': times('idle'),
    'one row p50 / p95': times('smallest'),
    'largest p50 / p95': times('largest'),
    'p95 ratio, median of rounds': Number(
      median(of.map(({ smallest, largest }) => largest.p95 / smallest.p95)).toFixed(2),
    ),
    'p95 ratio, all together': Number((pooled(of, 'largest') / pooled(of, 'smallest')).toFixed(2)),
  }
}
const rows = [
  ...Object.keys(lists).map((list) =>
    rowOf(
      list,
      rounds.filter((round) => round.list === list),
    ),
  ),
  rowOf('all', rounds),
]
const wrong = rounds.flatMap(({ idle, smallest, largest }) => [...idle.wrong, ...smallest.wrong, ...largest.wrong])
const calls = rounds.reduce((sum, { largest }) => sum + largest.times.length, 0)
const statuses = rounds
  .flatMap(({ smallest, largest }) => [smallest.read, largest.read])
  .flatMap(({ statuses }) => Object.keys(statuses))
console.table(rows)
const seconds = Math.round((rounds.length * turns.largest) / 1000)
console.log(
  `${calls} calls during the largest reads in ${seconds} s, ${wrong.length} wrong responses; ` +
    `status codes of readers: ${[...new Set(statuses)].join(', ')}`,
)
for (const line of wrong.slice(0, 20)) console.log(`  ${line}`)
writeResults('fairness', { minutes, loops, turns, aim: target, rows, calls, wrong: wrong.length })
const above = rows.filter((row) => row['p95 ratio, median of rounds'] > target)
for (const row of above) console.log(`above the target of ${target}: ${row.list}`)
process.exit(wrong.length > 0 || above.length > 0 ? 1 : 0)
