import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readArguments, wholeNumber } from '../../../runtime/arguments.ts'
import { stopOnSignals } from '../../../runtime/stop.ts'
import { temporaryFolder } from '../../local/folders.ts'
import { freePort } from '../../local/ports.ts'
import { percentile } from '../../bench/measure.ts'
import { received, type Arrival } from '../receiver.ts'
import { startStormStack, type StormStack } from './stack.ts'
import { createCustomers, createEndpoint, eventTimes, eventType, untilDelivered, writeEvents } from '../traffic.ts'

// Delivers events to good receivers beside bad ones while worker processes are killed, and checks what arrived.

const usage = `npm run webhook-storm -- [--option value …]

  --events <number>   events in total (default: 10000); a quarter without the bad receivers, a quarter with them, and
                      the rest with them while workers are killed
  --rate <number>     events per second (default: 40)
  --kills <number>    SIGKILLs of worker processes (default: 5)`
const { values } = readArguments(usage, {
  options: {
    events: { type: 'string', default: '10000' },
    rate: { type: 'string', default: '40' },
    kills: { type: 'string', default: '5' },
  },
})
const events = wholeNumber(usage, '--events', values.events, 4)
const rate = wholeNumber(usage, '--rate', values.rate, 1)
const kills = wholeNumber(usage, '--kills', values.kills)

/** A killed worker repeats at most 66 deliveries of an endpoint: more than 1 % of few events. */
const limits = { duplicates: Math.max(events * 0.01, 66), slowdown: 1.5, requestsOfDead: 20 }
const good = ['good 1', 'good 2', 'good 3', 'good 4', 'good 5']
const settleTimeout = 600_000

const say = (line: string) => console.log(`  ${line}`)
const closers: (() => Promise<unknown>)[] = []
const folder = temporaryFolder('webhook-storm')
let ending: Promise<never> | undefined
function end(code: number): Promise<never> {
  ending ??= (async () => {
    for (const close of closers.splice(0).reverse()) await close().catch(() => {})
    if (code === 1) say(`Logs are kept in ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
    process.exit(code)
  })()
  return ending
}
stopOnSignals(() => void end(130))

try {
  const problems = await storm(await startStormStack(folder, 2, (close) => closers.push(close)))
  for (const problem of problems) say(`wrong: ${problem}`)
  if (problems.length === 0) console.log('\nEverything is exactly right.')
  await end(problems.length === 0 ? 0 : 1)
} catch (error) {
  if (!ending) console.error(error)
  await end(1)
}

async function storm(stack: StormStack): Promise<string[]> {
  const { database, organizationId, urls, workers } = stack
  const customers = await createCustomers(database, organizationId, 200)
  const endpoint = (url: string) => createEndpoint(database, organizationId, url, [eventType])
  const ids = new Map<string, string>()
  for (const name of good) ids.set(name, await endpoint(urls[name]!))
  const quarter = Math.floor(events / 4)
  const write = (count: number) => writeEvents(database, customers, { count, rate })
  const isDelivered = () =>
    untilDelivered(
      database,
      good.map((name) => ids.get(name)!),
      settleTimeout,
    )

  say(`${quarter} events to 5 good receivers, ${rate} a second`)
  await write(quarter)
  await isDelivered()
  const without = await latencies(stack, 0)

  for (const name of ['slow', 'fails a tenth', 'resets']) ids.set(name, await endpoint(urls[name]!))
  ids.set('dead', await endpoint(`http://127.0.0.1:${await freePort()}/hooks`))
  say(`${quarter} events with 4 bad receivers`)
  const withBadFrom = Date.now()
  await write(quarter)
  await isDelivered()
  const withBad = await latencies(stack, withBadFrom)

  const rest = events - 2 * quarter
  say(`${rest} events while workers are killed ${kills} times`)
  const pause = ((rest / rate) * 1_000) / (kills + 1)
  const killing = (async () => {
    for (let i = 0; i < kills; i++) {
      await sleep(pause)
      await workers[i % workers.length]!.kill(500)
    }
  })()
  await write(rest)
  await killing
  await isDelivered()
  return report(stack, ids, { without, withBad })
}

/** Milliseconds from each event since then to its first arrival at each good receiver, sorted. */
async function latencies({ database, arrivals }: StormStack, since: number): Promise<number[]> {
  const times = await eventTimes(database)
  const all = await arrivals()
  const of = (list: Arrival[]) =>
    received(list).first.flatMap(({ eventId, at }) => {
      const written = times.get(eventId) ?? 0
      return written >= since ? [at - written] : []
    })
  return good.flatMap((name) => of(all[name] ?? [])).sort((one, other) => one - other)
}

async function report(
  { database, arrivals, workers }: StormStack,
  ids: Map<string, string>,
  { without, withBad }: Record<'without' | 'withBad', number[]>,
): Promise<string[]> {
  const problems: string[] = []
  const check = (holds: boolean, problem: string) => void (holds || problems.push(problem))
  const all = await arrivals()
  const times = await eventTimes(database)
  check(times.size === events, `${times.size} of ${events} events were written`)
  for (const [name, id] of ids) {
    const { first, duplicates, misordered } = received(all[name] ?? [])
    const [{ tries }] = await database<[{ tries: number }]>`
      select count(*)::integer as tries from webhook_tries where endpoint_id = ${id}`
    say(
      `${name.padEnd(13)} ${String(first.length).padStart(6)} distinct  ${String(duplicates).padStart(4)} repeated  ` +
        `${String(misordered.length).padStart(3)} out of order  ${String(tries).padStart(6)} attempts written`,
    )
    if (name === 'dead') check(tries < limits.requestsOfDead, `the dead receiver got ${tries} requests`)
    if (!good.includes(name)) continue
    check(first.length === events, `${name} got ${first.length} of ${events} events`)
    check(misordered.length === 0, `${name} got ${misordered.length} events out of order`)
    check(duplicates < limits.duplicates, `${name} got ${duplicates} events again`)
  }
  const [p95, p95WithBad] = [percentile(without, 0.95), percentile(withBad, 0.95)]
  const median = (list: number[]) => Math.round(percentile(list, 0.5))
  say(`from event to good receiver: p50 ${median(without)} ms, p95 ${Math.round(p95)} ms`)
  say(`the same beside bad ones:    p50 ${median(withBad)} ms, p95 ${Math.round(p95WithBad)} ms`)
  const slowdown = p95WithBad / p95
  check(slowdown <= limits.slowdown, `bad receivers slow the good ones down by ${slowdown.toFixed(2)}`)
  const killed = workers.reduce((sum, each) => sum + each.kills, 0)
  check(killed === kills, `workers were killed ${killed} times`)
  const exits = workers.reduce((sum, each) => sum + each.unexpectedExits, 0)
  check(exits === 0, `workers exited ${exits} times by themselves`)
  return problems
}
