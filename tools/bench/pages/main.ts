import { fork } from 'node:child_process'
import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundleProgram } from '../../scripts/bundle-program.ts'
import { startApiStack } from '../api-stack.ts'
import { numbers } from '../arguments.ts'
import { send } from '../fairness/call.ts'
import { createOrganization } from '../fairness/fill.ts'
import { percentile } from '../measure.ts'
import { writeResults } from '../results.ts'
import { compareCommits } from './commits.ts'
import { changePrice, readLoad } from './database.ts'
import { openHints } from '../../../store/changes/hints.ts'
import { openDatabase } from '../../../store/database/database.ts'
import type { Link, Received } from './visitors.ts'

// `npm run bench -- pages [pages] [seconds]`: open pages whose calls for the progress are held by one API process. Its
// memory for them, the load of the database while nothing happens, the time from a commit to the page, and commits with
// and without hints. Exits with 1 if a target is missed.

const [pages = 10_000, seconds = 20] = numbers
const targets = { megabytesOf10000: 300, changeP95: 150, commits: 0.95, transactionsPerSecond: 5 }
/** The limit of the API's heap. */
const heapMegabytes = 384
const changes = 200
/** Onboardings without an open page, whose commits are counted. */
const closed = 100
const rounds = 10

const stack = await startApiStack()
const { brand, key } = await createOrganization(stack.admin, 'Pages')
// Without a limit, V8 lets garbage grow with the memory of the machine, and the result differs by a third.
const api = stack.startProcess('memory', [`--max-old-space-size=${heapMegabytes}`])
const port = await api.number()
const megabytes = async () => {
  const used = api.number()
  api.child.send('memory')
  return (await used) / 1e6
}

async function createLinks(): Promise<Link[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const create = async () => {
    const headers = { Authorization: `Bearer ${key}` }
    const post = (path: string, body: object) => send({ port, agent }, { method: 'POST', path, headers, body })
    const customer = JSON.parse((await post('/v1/customers', { name: 'Ada Example' })).text) as { id: string }
    const { text, status } = await post('/v1/billing_customers', { customer_id: customer.id, brand_id: brand })
    if (status > 299) throw new Error(`POST /v1/billing_customers: ${status} ${text}`)
    const { id, setup_url } = JSON.parse(text) as { id: string; setup_url: string }
    const url = new URL(setup_url)
    return { id, path: url.pathname, token: url.searchParams.get('token')! }
  }
  const links: Link[] = []
  let begun = 0
  const createSome = async () => {
    while (begun++ < pages + closed) links.push(await create())
  }
  await Promise.all(Array.from({ length: 16 }, createSome))
  agent.destroy()
  return links
}

const links = await createLinks()
console.log(`${links.length} onboardings created`)
const before = await megabytes()
const visitors = fork(await bundleProgram('tools/bench/pages/visitors.ts'), [String(port)], { execArgv: [] })
const message = <T>() => new Promise<T>((resolve) => visitors.once('message', (value) => resolve(value as T)))
await message()

/** Changes single pages one after another. Returns the milliseconds from each commit until its page received it. */
async function measureDelays(): Promise<number[]> {
  const hints = openHints(stack.databaseUrl, 'delays')
  const database = openDatabase(stack.databaseUrl, { name: 'delays', max: 2, afterChange: hints.send })
  const times: number[] = []
  for (let i = 0; i < changes; i++) {
    const { id } = links[closed + ((i * 37) % pages)]!
    const received = receives(id)
    await changePrice(database, id)
    const committed = performance.timeOrigin + performance.now()
    times.push((await received) - committed)
  }
  await Promise.all([database.end(), hints.close()])
  return times
}

const receives = (id: string): Promise<number> =>
  new Promise((resolve) => {
    const hear = (received: Received) => {
      if (received.id !== id) return
      visitors.off('message', hear)
      resolve(received.at)
    }
    visitors.on('message', hear)
  })

async function measure() {
  const opened = message()
  visitors.send(links.slice(closed))
  await opened
  // Longer than a call is held, and than two looks of the feed.
  await sleep(35_000)
  const held = await megabytes()
  const transactionsPerSecond = await readLoad(stack.database, seconds)
  const delays = await measureDelays()
  const commits = await compareCommits(
    stack.databaseUrl,
    links.slice(0, closed).map(({ id }) => id),
    rounds,
  )
  return { held, transactionsPerSecond, delays, commits }
}

const { held, transactionsPerSecond, delays, commits } = await measure().finally(async () => {
  visitors.kill()
  await stack.stop()
})

const row = {
  pages,
  'memory MB, before / with': `${before.toFixed(0)} / ${held.toFixed(0)}`,
  'KB per page': Number((((held - before) * 1000) / pages).toFixed(1)),
  'transactions/s, nothing happens': Number(transactionsPerSecond.toFixed(1)),
  'commit to page p50 / p95 ms': `${percentile(delays, 0.5).toFixed(0)} / ${percentile(delays, 0.95).toFixed(0)}`,
  'commits/s without / with hints': `${commits.without.toFixed(0)} / ${commits.with.toFixed(0)}`,
  'commits ratio': Number(commits.ratio.toFixed(2)),
}
console.table([row])
writeResults('pages', { seconds, targets, row })
const missed = [
  ...(((held - before) * 10_000) / pages > targets.megabytesOf10000 ? ['memory'] : []),
  ...(transactionsPerSecond > targets.transactionsPerSecond ? ['database load'] : []),
  ...(percentile(delays, 0.95) > targets.changeP95 ? ['commit to page'] : []),
  ...(commits.ratio < targets.commits ? ['commits'] : []),
]
for (const name of missed) console.log(`target missed: ${name}`)
process.exit(missed.length > 0 ? 1 : 0)
