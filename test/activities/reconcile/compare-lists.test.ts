import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareLists, type ListPosition } from '../../../activities/reconcile/compare-lists.ts'
import { GatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { ListedPage, ListName, Period } from '../../../gateways/listed.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// The steps of one account, with lists that are made up here.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const accountId = 'ga_stripe_sandbox'
const hours = 3_600_000
/** Longer periods have too many entries, in tests of that. */
const most = 4 * hours
const empty: ListedPage = { listed: [], next: null }

interface Asked {
  list: ListName
  /** Milliseconds. */
  length: number
}
type Answer = ListedPage | 'too_many' | GatewayError

/** Compares the lists until `isOver`, from `position`. Returns what was asked, and what the step returned. */
async function step(answer: (asked: Asked) => Answer, isOver: (asked: Asked[]) => boolean, position?: ListPosition) {
  const asked: Asked[] = []
  const gateway = await world.gateways.of(accountId)
  const listPage = async (list: ListName, { from, to }: Period) => {
    const one = { list, length: to.getTime() - from.getTime() }
    asked.push(one)
    const answered = answer(one)
    if (answered instanceof GatewayError) throw answered
    return answered
  }
  const account = await world.gateways.accountOf(accountId)
  const walk = { account, gateway: { ...gateway, listPage }, isOver: () => isOver(asked) }
  return { asked, ...(await compareLists(world.dependencies, walk, position)) }
}

test('a list that was compared is not listed again by the next step of the same round', async () => {
  const first = await step(
    () => empty,
    (asked) => asked.some(({ list }) => list === 'payments'),
  )
  expect(first).toMatchObject({ next: { list: 'refunds', refused: false } })
  const second = await step(
    () => empty,
    () => false,
    first.next,
  )
  expect(second.next).toBeUndefined()
  expect([...first.asked, ...second.asked].map(({ list }) => list)).toEqual(['payments', 'refunds', 'disputes'])
})

test('that an account does not let us list something is known to the step that reads its charges', async () => {
  const refused = new GatewayError('refused', 'missing_permission')
  const answer = ({ list }: Asked) => (list === 'payments' ? refused : empty)
  const first = await step(answer, (asked) => asked.length > 0)
  const second = await step(answer, () => false, first.next)
  expect(second).toMatchObject({ refused: true })
  expect(second.asked.map(({ list }) => list)).toEqual(['refunds', 'disputes'])
})

const beginADayAgo = () => world.sql`
  update gateway_lists set compared_until = now() - interval '24 hours', window_start = null, window_end = null,
    next_page = null where account_id = ${accountId} and list = 'payments'`

test('a step that goes on after a period that was halved asks for one of at most twice its length', async () => {
  await beginADayAgo()
  const answer = ({ length }: Asked): Answer => (length > most ? 'too_many' : empty)
  const first = await step(answer, (asked) => asked.some(({ length }) => length <= most))
  const second = await step(answer, () => false, first.next)
  expect(second.asked[0]!.length).toBeLessThanOrEqual(2 * first.asked.at(-1)!.length)
})

test('a step that goes on within a period that was halved asks for no longer ones than the step before', async () => {
  await beginADayAgo()
  const answer = ({ length }: Asked): Answer => (length > most ? 'too_many' : { ...empty, next: 'second' })
  const first = await step(answer, (asked) => (asked.at(-1)?.length ?? Infinity) <= most)
  const halved = first.asked.at(-1)!.length
  const second = await step(
    ({ length }) => (length > most ? 'too_many' : empty),
    () => false,
    first.next,
  )
  const lengths = second.asked.filter(({ list }) => list === 'payments').map(({ length }) => length)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(2 * halved)
  expect(lengths.filter((length) => length <= most).reduce((sum, length) => sum + length, 0)).toBeGreaterThan(
    24 * hours,
  )
})
