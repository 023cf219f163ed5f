import { launchBrowser } from '../../scripts/browser.ts'
import { beside, numbers } from '../arguments.ts'
import { percentile } from '../measure.ts'
import { writeResults } from '../results.ts'
import { measureDecline, measurePayment, measureSlow, measureUsable } from './measures.ts'
import { startPageStack, type PageStack } from './stack.ts'

// `npm run bench -- page [payments] [visits] [--beside <checkout>]`: how fast the hosted page is for a customer, in
// Chromium, with the simulators. Beside it, in alternating visits, the page of another checkout of this repository.

const [payments = 50, visits = 10] = numbers
/** Part of the URL of PayPal's script. */
const otherScript = 'web-sdk'

/** Runs a measurement on each stack in turn, so that the noise of the machine affects all equally. */
async function alternately<T>(stacks: PageStack[], times: number, measure: (stack: PageStack) => Promise<T>) {
  const found: T[][] = stacks.map(() => [])
  for (let i = 0; i < times; i++) for (const [nth, stack] of stacks.entries()) found[nth]!.push(await measure(stack))
  return found
}

async function measureAll(stacks: PageStack[]) {
  const browser = await launchBrowser()
  try {
    // The first visit is slower: caches of the processes.
    for (let i = 0; i < 3; i++) for (const stack of stacks) await measurePayment(browser, stack)
    const paid = await alternately(stacks, payments, (stack) => measurePayment(browser, stack))
    const declined = await alternately(stacks, visits, (stack) => measureDecline(browser, stack))
    const slow = await alternately(stacks, visits, (stack) => measureSlow(browser, stack))
    const free = await alternately(stacks, visits, (stack) => measureUsable(browser, stack))
    const hanging = await alternately(stacks, 3, (stack) => measureUsable(browser, stack, otherScript))
    return stacks.map((_, nth) => ({
      paid: paid[nth]!,
      declined: declined[nth]!,
      slow: slow[nth]!,
      free: free[nth]!,
      hanging: hanging[nth]!,
    }))
  } finally {
    await browser.close()
  }
}

type Measured = Awaited<ReturnType<typeof measureAll>>[number]

const both = (values: number[]) => [0.5, 0.95].map((p) => percentile(values, p).toFixed(0)).join(' / ')
const largest = (values: number[]) => Math.max(...values).toFixed(4)
const p50 = (values: number[]) => percentile(values, 0.5)

/** Returns the rows of the table: what, the aim, and the values of one page. */
const rowsOf = ({ paid, declined, slow, free, hanging }: Measured): [string, string, string][] => [
  ['slow 4G, CPU / 4: first contentful paint, p50 / p95 ms', '600', both(slow.map(({ firstPaint }) => firstPaint))],
  ['slow 4G, CPU / 4: card form usable, p50 / p95 ms', '1500', both(slow.map(({ usable }) => usable))],
  ['slow 4G, CPU / 4: click to first words, p50 / p95 ms', '100', both(slow.map(({ words }) => words))],
  ['layout shift until usable, largest', '0.02', largest([...slow, ...paid].map((each) => each.shiftToReady))],
  [
    'layout shift of the whole visit, largest',
    '0.05',
    largest([...slow, ...paid, ...declined].map((each) => each.shift)),
  ],
  ['click to "All set", p50 / p95 ms', '250 / 600', both(paid.map(({ done }) => done))],
  ['  of which calls to the gateway, p50 / p95 ms', '', both(paid.map(({ gateway }) => gateway))],
  ['  without them, p50 / p95 ms', 'half of before', both(paid.map(({ done, gateway }) => done - gateway))],
  ['click to declined and usable again, p50 / p95 ms', '300', both(declined.map(({ usable }) => usable))],
  ["delay of the card form by PayPal's script that hangs, p50 ms", '0', (p50(hanging) - p50(free)).toFixed(0)],
]

const stacks: PageStack[] = []
const measured = await (async () => {
  stacks.push(await startPageStack(process.cwd()))
  if (beside) stacks.push(await startPageStack(beside))
  return measureAll(stacks)
})().finally(() => Promise.all(stacks.map((stack) => stack.stop())))

const tables = measured.map(rowsOf)
const rows = tables[0]!.map(([what, aim, value], nth) => ({
  measured: what,
  aim,
  value,
  ...(tables[1] ? { beside: tables[1][nth]![2] } : {}),
}))
console.table(rows)
writeResults('page', { payments, visits, rows })
process.exit(0)
