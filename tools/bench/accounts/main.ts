import { setTimeout as sleep } from 'node:timers/promises'
import { numbers } from '../arguments.ts'
import { percentile } from '../measure.ts'
import { writeResults } from '../results.ts'
import { openShops, type Shop } from './shops.ts'

// `npm run bench -- accounts [seconds] [per second]`: two organizations with a gateway account each, one of which
// fails. How long does an onboarding of the other take, from the submitted card to the enrollment, compared with turns
// in which both accounts work? Exits with 1 if the 95th percentile grew by more than the target.

const [seconds = 30, perSecond = 4] = numbers
const target = 1.2
/** Onboardings that are submitted as the account stops answering: more than may be in flight to it. */
const burst = 150
const part = 30 // below the 64 of `mostInFlight` in api/runs.ts
const silent = 'does not answer'

const shops = await openShops()
const { steady, failing } = shops

/** Onboards one customer after another at a constant pace. Returns the durations in milliseconds. */
async function traffic(shop: Shop, ends: number): Promise<number[]> {
  const times: number[] = []
  const all: Promise<void>[] = []
  while (performance.now() < ends) {
    const one = shop.begin().then(async (finish) => {
      const began = performance.now()
      await finish()
      times.push(performance.now() - began)
    })
    all.push(one)
    await sleep(1000 / perSecond)
  }
  if (shop === steady) await Promise.all(all)
  return times
}

/** Starts the onboardings that wait for the account. In parts: more requests to Temporal at once are left undone. */
async function startBurst(): Promise<void> {
  for (let tried = part; tried <= burst; tried += part) {
    const begins = await Promise.all(Array.from({ length: part }, () => failing.begin()))
    for (const finish of begins) void finish()
    await shops.tried(tried)
  }
}

async function turn(name: string, fails?: () => Promise<void>): Promise<Turn> {
  await fails?.()
  // To start them costs CPU at an account that works, too.
  if (name === silent) await startBurst()
  const ends = performance.now() + seconds * 1000
  const [times] = await Promise.all([traffic(steady, ends), traffic(failing, ends)])
  await shops.recover()
  const measured = { name, count: times.length, p50: percentile(times, 0.5), p95: percentile(times, 0.95) }
  console.log(`  ${name}: p50 ${measured.p50.toFixed(0)} ms, p95 ${measured.p95.toFixed(0)} ms of ${times.length}`)
  return measured
}

interface Turn {
  name: string
  count: number
  p50: number
  p95: number
}

const turns: Turn[] = []
try {
  await turn('warm-up')
  for (const [name, fault] of Object.entries(shops.faults)) {
    turns.push(await turn('both work'))
    turns.push(await turn(name, fault))
  }
  turns.push(await turn('both work'))
} finally {
  await shops.close()
}

/** The turns before and after one with a fault, because the machine may drift. */
const ratios = turns.flatMap(({ name, p95 }, i) => {
  if (name === 'both work') return []
  const before = (turns[i - 1]!.p95 + turns[i + 1]!.p95) / 2
  return [
    { 'the other account': name, 'p95 ms': Math.round(p95), 'when both work': Math.round(before), ratio: p95 / before },
  ]
})
console.table(ratios)
writeResults('accounts', { seconds, perSecond, burst, turns, ratios })
process.exit(ratios.every(({ ratio }) => ratio <= target) ? 0 : 1)
