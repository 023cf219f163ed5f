import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { beforeAll, expect, test } from 'vitest'
import { cellsOf, faults, flows, nameOf, type Cell } from './calls.ts'
import { runMatrix, type Outcome } from './run.ts'
import { pageOf, problemsOf } from './table.ts'

// Every call that moves money, with every fault. `npm run matrix` injects each fault once and three times, prints the
// table, and writes it to the docs if there are no problems. To run a part: MATRIX_ONLY='refund, key' npm run matrix
// The short version, in `npm test`, injects each fault once into each call that charges and the first call of each
// path, and into the confirmation of a payment also three times; into the other calls, one of three faults. A
// forgotten key needs a world with a clock of its own: the short version has one for each path.

const page = fileURLToPath(new URL('../../docs/fault-matrix.md', import.meta.url))
const whole = process.env.MATRIX === 'whole'
const only = process.env.MATRIX_ONLY ?? ''
const every = cellsOf([1, 3])
const charging = ['confirm payment', 'confirm saved card', 'capture order', 'pay order']
const places = flows.flatMap((flow) => flow.calls.map((call) => ({ flow, call })))
const isShort = (cell: Cell) => {
  const { flow, call, kind, times } = cell
  if (kind.forgetsKey) return every.find((one) => one.kind === kind && one.call.path === call.path) === cell
  if (call.name === 'confirm payment') return true
  const place = places.findIndex((one) => one.flow === flow && one.call === call)
  const first = places.findIndex((one) => one.call.path === call.path && one.call.method === call.method)
  const isTried = place === first || charging.includes(call.name) || (faults.indexOf(kind) + place) % 3 === 0
  return times === 1 && isTried
}
const cells = every.filter((cell) => whole || isShort(cell)).filter((cell) => nameOf(cell).includes(only))

let outcomes: Outcome[]
beforeAll(
  async () => {
    const began = Date.now()
    outcomes = await runMatrix(cells)
    if (whole) await publish((Date.now() - began) / 1000)
  },
  whole ? 3_600_000 : 1_800_000,
)

async function publish(seconds: number): Promise<void> {
  const text = pageOf(outcomes, { seconds, date: new Date().toISOString().slice(0, 10) })
  const formatted = await format(text, { ...(await resolveConfig(page)), filepath: page })
  console.log(`${formatted}\n${problemsOf(outcomes).join('\n')}`)
  if (problemsOf(outcomes).length === 0 && only === '') writeFileSync(page, formatted)
}

const calls = flows.flatMap((flow) => flow.calls.map((call) => ({ flow, call, name: `${flow.name}: ${call.name}` })))

test.each(calls)(
  '$name: with every fault, each onboarding ends as expected and is charged at most once',
  ({ flow, call }) => {
    const own = outcomes.filter(({ cell }) => cell.flow === flow && cell.call === call)
    expect(own).toHaveLength(cells.filter((cell) => cell.flow === flow && cell.call === call).length)
    expect(problemsOf(own)).toEqual([])
  },
)
