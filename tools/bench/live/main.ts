import { setTimeout as sleep } from 'node:timers/promises'
import { uploadContacts } from '../bulk/upload.ts'
import { watchMemory } from '../bulk/processes.ts'
import { numbers } from '../arguments.ts'
import { writeResults } from '../results.ts'
import { measureActions } from './actions.ts'
import { measureLists } from './calls.ts'
import { openCustomers } from './customers.ts'
import { countCompleted, countWaiting, readScans, scansBetween, untilCount } from './record.ts'
import { cpuBetween, heapMegabytes, startLiveStack } from './stack.ts'
import { measureWake } from './wake.ts'
import { readWorkerMemory } from './worker-memory.ts'

// `npm run bench -- live [onboardings] [minutes] [wakes/s]`: onboardings that wait for a payment method, on the
// production Temporal server. The worker's memory, the CPU of all parts while nothing happens compared with the same
// stack without them, the rows read without an index, lists, a wake of all, and the actions that an onboarding costs at
// Temporal Cloud. Exits with 1 if a target is missed.

const [onboardings = 100_000, minutes = 3, rate = 50] = numbers
const targets = { workerMegabytes: 700, actions: 7 }
/** Onboardings that are paid after the wake. */
const payable = 20
/** PostgreSQL reads smaller tables as a whole, rightly. */
const isLarge = onboardings >= 20_000
const say = (line: string) => console.log(`  ${line}`)

const stack = await startLiveStack(say)
const { database } = stack
const memory = watchMemory(() => stack.processes())

/** Measures CPU time in milliseconds per second, and rows read without an index, while nothing happens. */
async function watchIdle() {
  const scans = await readScans(database)
  const [before, began] = [stack.cpu(), performance.now()]
  await sleep(minutes * 60_000)
  const cpu = cpuBetween(before, stack.cpu(), (performance.now() - began) / 1_000)
  return {
    cpuMillisecondsPerSecond: cpu,
    rowsWithoutIndex: scansBetween(scans, await readScans(database), onboardings),
  }
}

async function fill() {
  const began = performance.now()
  let told = began
  await uploadContacts(stack, { rows: onboardings - payable, rowsPerSecond: 100, starts: 50 })
  const waiting = async () => {
    const count = await countWaiting(database)
    if (performance.now() - told > 60_000) {
      say(`${count} wait; worker ${memory.most().worker} MB`)
      told = performance.now()
    }
    return count
  }
  await untilCount(waiting, onboardings)
  return Math.round((performance.now() - began) / 1_000)
}

async function measureListsAndScans() {
  const before = await readScans(database)
  const lists = await measureLists(stack)
  return { lists, rowsWithoutIndex: scansBetween(before, await readScans(database), onboardings) }
}

async function measure() {
  const actions = await measureActions(stack)
  say(`${actions.onboarding.sum} actions per onboarding: ${JSON.stringify(actions)}`)
  await sleep(30_000)
  const empty = { idle: await watchIdle(), worker: await readWorkerMemory(stack) }
  say(`without live onboardings: ${JSON.stringify(empty)}`)
  const customers = await openCustomers(stack, payable)
  const fillSeconds = await fill()
  say(`${onboardings} onboardings wait after ${fillSeconds} s`)
  await sleep(60_000)
  const full = { idle: await watchIdle(), worker: await readWorkerMemory(stack), ...(await measureListsAndScans()) }
  say(`with them: ${JSON.stringify(full)}`)
  const wake = await measureWake(stack, rate, onboardings)
  say(`woken: ${JSON.stringify(wake)}`)
  const ids = customers.map(({ id }) => id)
  for (const { pay } of customers) await pay()
  await untilCount(() => countCompleted(database, ids), payable)
  return { actions, empty, full, fillSeconds, wake, paidAfterTheWake: payable, mostMemoryMegabytes: memory.most() }
}

const results = await measure().finally(async () => {
  memory.stop()
  await stack.stop()
})
console.log(JSON.stringify(results, null, 2))
writeResults('live', { onboardings, minutes, heapMegabytes, targets, ...results })
const scans = [results.empty.idle, results.full.idle, results.full].flatMap((one) => Object.keys(one.rowsWithoutIndex))
const missed = [
  ...(results.mostMemoryMegabytes.worker > targets.workerMegabytes ? ['memory of the worker'] : []),
  ...(results.actions.onboarding.sum > targets.actions ? ['actions'] : []),
  ...(results.wake.readTheRecord < onboardings || results.wake.waitAfterwards < onboardings ? ['wake'] : []),
  ...(isLarge ? scans : []).map((table) => `rows of ${table} read without an index`),
]
for (const name of missed) console.log(`target missed: ${name}`)
process.exit(missed.length > 0 ? 1 : 0)
