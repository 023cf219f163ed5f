import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  orderQueue,
  presence,
  sentToEnd,
  waitFor,
  type Admitted,
  type Waiting,
} from '../../../domain/payment/admission-queue.ts'

const place = (id: string, waited: number, isKnown = false, source = id, more: Partial<Waiting> = {}): Waiting => ({
  ...{ id, source, isKnown, waited, askedAgo: 0, passedAgo: null, isSentBack: false },
  ...more,
})
const sentBack = (passedAgo: number) => ({ passedAgo, isSentBack: true })
const turn = (source: string, ago: number, isKnown = false): Admitted => ({ source, isKnown, ago })
const names = (queue: Waiting[]) => queue.map(({ id }) => id).join(' ')

test.each<[string, Waiting[], Admitted[], string]>([
  ['whoever has waited longest is first', [place('b', 5), place('a', 9), place('c', 1)], [], 'a b c'],
  ['equal waits have a fixed order', [place('b', 5), place('a', 5)], [], 'a b'],
  ['known and new contacts alternate', [place('n1', 9), place('n2', 8), place('k1', 2, true)], [], 'k1 n1 n2'],
  [
    'after a known one, a new one',
    [place('n1', 9), place('n2', 8), place('k1', 2, true)],
    [turn('x', 12, true)],
    'n1 k1 n2',
  ],
  ['the newest admission decides', [place('n', 1), place('k', 1, true)], [turn('x', 24, true), turn('y', 12)], 'k n'],
  [
    'an address with many contacts has one turn at a time',
    [place('a1', 9, false, 'a'), place('a2', 8, false, 'a'), place('b', 1)],
    [],
    'a1 b a2',
  ],
  ['also after its turn', [place('a2', 8, false, 'a'), place('b', 1)], [turn('a', 12)], 'b a2'],
  [
    'whoever was sent to the end lets two of the other half go first',
    [place('n', 12, false, 'n', sentBack(12)), place('k', 99, true)],
    [turn('x', 12.1, true)],
    'k n',
  ],
  [
    'and only two',
    [place('n', 36, false, 'n', sentBack(36)), place('k', 99, true)],
    [turn('x', 24, true), turn('y', 12, true)],
    'n k',
  ],
])('%s', (_, waiting, admitted, expected) => {
  expect(names(orderQueue(waiting, admitted))).toBe(expected)
})

test.each<[string, { ahead: number; pause: number; sinceNewest: number; lastTurn?: number }, number]>([
  ['the first has its turn when the pause is over', { ahead: 0, pause: 12, sinceNewest: 12 }, 0],
  ['before, it is told the rest of the pause', { ahead: 0, pause: 12, sinceNewest: 3.5 }, 9],
  ['the second is told one pause more', { ahead: 1, pause: 12, sinceNewest: 3.5 }, 21],
  ['nobody is told more than 30 s', { ahead: 50, pause: 12, sinceNewest: 0 }, 30],
  ['the first has 10 s to come', { ahead: 1, pause: 12, sinceNewest: 21.5 }, 12],
  ['then it is the turn of the second', { ahead: 1, pause: 12, sinceNewest: 22 }, 0],
  ['a paid turn frees the next at once', { ahead: 0, pause: 12, sinceNewest: Infinity, lastTurn: 1 }, 0],
  ['but for the first only', { ahead: 1, pause: 12, sinceNewest: Infinity, lastTurn: 1 }, 12],
  ['with a short pause the first has 2 s', { ahead: 1, pause: 0.4, sinceNewest: 2.4 }, 0],
  ['nobody is told 0 s unless admitted', { ahead: 1, pause: 0.4, sinceNewest: 2.3 }, 1],
])('%s', (_, { ahead, pause, sinceNewest, lastTurn }, expected) => {
  const queue = [...Array.from({ length: ahead }, (_, i) => place(`before${i}`, 99)), place('me', 1)]
  const admitted = lastTurn === undefined ? [] : [turn('x', lastTurn)]
  expect(waitFor('me', queue, admitted, { pause, sinceNewest })).toBe(expected)
})

test('who has no place, because the queue is full, is told to come back', () => {
  expect(waitFor('me', [place('other', 1)], [], { pause: 12, sinceNewest: Infinity })).toBe(12)
})

const places = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    source: fc.constantFrom('a', 'b', 'c', 'd'),
    isKnown: fc.boolean(),
    waited: fc.integer({ min: 0, max: presence }),
    askedAgo: fc.integer({ min: 0, max: presence }),
    passedAgo: fc.constant(null),
    isSentBack: fc.constant(false),
  }),
  { selector: ({ id }) => id, maxLength: 40 },
)
const turns = fc.array(
  fc.record({
    source: fc.constantFrom('a', 'b', 'c', 'd'),
    isKnown: fc.boolean(),
    ago: fc.integer({ min: 0, max: 90 }),
  }),
)

test('an order has everybody once, and every second place is for known contacts while there are any', () => {
  fc.assert(
    fc.property(places, turns, (waiting, admitted) => {
      const queue = orderQueue(waiting, admitted)
      expect(new Set(queue)).toEqual(new Set(waiting))
      expect(queue).toHaveLength(waiting.length)
      for (const isKnown of [true, false]) {
        const at = queue.flatMap((one, i) => (one.isKnown === isKnown ? [i] : []))
        at.forEach((index, i) => expect(index).toBeLessThanOrEqual(2 * i + 1))
      }
    }),
  )
})

test('no source gets another turn while one with fewer turns waits', () => {
  fc.assert(
    fc.property(places, turns, (waiting, admitted) => {
      const news = orderQueue(waiting, admitted).filter(({ isKnown }) => !isKnown)
      const had = (source: string) => admitted.filter((one) => one.source === source).length
      const before = news.map(
        ({ source }, i) => had(source) + news.slice(0, i).filter((one) => one.source === source).length,
      )
      expect(before).toEqual(before.toSorted((a, b) => a - b))
    }),
  )
})

test.each<[string, Partial<Waiting>, boolean]>([
  ['the first time, it stays', { askedAgo: 9, passedAgo: null }, false],
  ['also in a hidden tab, whose timer fires once per minute', { askedAgo: 62, passedAgo: 40 }, false],
  ['it has not asked since', { askedAgo: 30, passedAgo: 22 }, false],
  ['it asked in between', { askedAgo: 10, passedAgo: 22 }, true],
  ['it is silent', { askedAgo: 66, passedAgo: null }, true],
])('whoever lets a turn pass goes to the end, or not: %s', (_, more, expected) => {
  expect(sentToEnd([place('a', 99, false, 'a', more)])).toHaveLength(expected ? 1 : 0)
})

interface Client {
  id: string
  source: string
  isKnown: boolean
  /** The second in which it asks first. */
  from: number
  /** Whether its card is good, so that its turn does not count. */
  isGood: boolean
  /** Whether it asks again as it is told, a minute later because its tab is hidden, or just after each turn. */
  returns: boolean | 'each minute' | 'after each turn'
}

/** Runs a queue with a pause of 12 seconds second by second. Returns when each client was admitted. */
function run(clients: Client[], seconds: number): Map<string, number> {
  const asked = new Map<string, { first: number; last: number; passed: number | null }>()
  const due = new Map<number, Client[]>()
  const at = (second: number, client: Client) => due.set(second, [...(due.get(second) ?? []), client])
  for (const client of clients) at(client.from, client)
  const byId = new Map(clients.map((client) => [client.id, client]))
  const admittedAt = new Map<string, number>()
  let newest = -Infinity
  for (let now = 0; now < seconds; now++)
    for (const client of due.get(now) ?? []) {
      if (admittedAt.has(client.id)) continue
      for (const [id, { last }] of asked) if (now - last > presence) asked.delete(id)
      asked.set(client.id, { first: now, passed: null, ...asked.get(client.id), last: now })
      const waiting = [...asked].map(([id, { first, last, passed }]) => ({
        ...byId.get(id)!,
        waited: now - first,
        askedAgo: now - last,
        passedAgo: passed === null ? null : now - passed,
        isSentBack: passed !== null && first >= passed,
      }))
      const admitted = [...admittedAt].flatMap(([id, then]) =>
        now - then <= presence ? [{ ...byId.get(id)!, ago: now - then }] : [],
      )
      const pace = { pause: 12, sinceNewest: now - newest }
      const queue = orderQueue(waiting, admitted)
      const wait = waitFor(client.id, queue, admitted, pace)
      if (wait === 0) {
        admittedAt.set(client.id, now)
        asked.delete(client.id)
        if (!client.isGood) newest = now
        const passed = queue.slice(
          0,
          queue.findIndex(({ id }) => id === client.id),
        )
        for (const { id } of passed) asked.get(id)!.passed ??= now
        for (const { id } of sentToEnd(passed)) asked.set(id, { ...asked.get(id)!, first: now, passed: now })
        for (const other of clients) if (other.returns === 'after each turn') at(now + 1, other)
      } else if (client.returns !== 'after each turn' && client.returns)
        at(now + (client.returns === 'each minute' ? 60 : wait), client)
    }
  return admittedAt
}

const flood = (count: number, perSecond: number, more: Partial<Client> = {}): Client[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `attacker${i}`,
    source: `attacker${i}`,
    isKnown: false,
    from: Math.floor(i / perSecond),
    isGood: false,
    returns: false,
    ...more,
  }))
const goodOnes = (count: number, more: Partial<Client> = {}): Client[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `good${i}`,
    source: `good${i}`,
    isKnown: false,
    from: 60,
    isGood: true,
    returns: true,
    ...more,
  }))
const slowest = (all: Map<string, number>, good: Client[]) =>
  Math.max(...good.map(({ id }) => all.get(id) ?? Infinity)) - 60

test.each<[string, Client[], Client[], number]>([
  ['contacts that never return, 2 per second', flood(1200, 2), goodOnes(3), presence + 3 * 12 + 30],
  ['the same, at 5 per second', flood(1100, 5), goodOnes(3), presence + 3 * 12 + 30],
  ['the same, and the customers are known', flood(1200, 2), goodOnes(3, { isKnown: true }), 3 * 30],
  ['200 contacts of one address that return', flood(200, 200, { returns: true, source: 'a' }), goodOnes(3), 4 * 30],
  ['60 contacts of as many addresses that return', flood(60, 60, { returns: true }), goodOnes(3), 64 * 12 + 60],
  [
    '60 such contacts, and the customers are known',
    flood(60, 60, { returns: true }),
    goodOnes(3, { isKnown: true }),
    3 * 2 * 12 + 60,
  ],
  ['60 known contacts that return', flood(60, 60, { returns: true, isKnown: true }), goodOnes(3), 3 * 2 * 12 + 60],
])('good customers against %s wait a bounded time', (_, attackers, good, most) => {
  expect(slowest(run([...attackers, ...good], 60 + most + 1), good)).toBeLessThanOrEqual(most)
})

const lurker: Client = {
  ...{ id: 'lurker', source: 'lurker', isKnown: false, from: 1, isGood: false, returns: 'after each turn' },
}
const each = (isKnown: boolean) => goodOnes(12, { from: 0, isGood: false, isKnown })
test.each([
  ['new customers', each(false)],
  ['known customers', each(true)],
])('a contact that asks just after each turn hardly slows the turns of %s', (_, customers) => {
  const perTurn = (clients: Client[]) => {
    const turns = run(clients, 1_200)
    return Math.max(...customers.map(({ id }) => turns.get(id) ?? Infinity)) / 11
  }
  expect(perTurn([lurker, ...customers])).toBeLessThanOrEqual(20)
})

test('a customer in a hidden tab keeps its place among customers who keep coming', () => {
  const hidden = { ...goodOnes(1)[0]!, id: 'hidden', from: 2, returns: 'each minute' as const }
  const others = goodOnes(100, { isGood: false }).map((one, i) => ({ ...one, from: Math.max(0, i - 3) * 11 }))
  const turns = run([hidden, ...others], 1_200)
  expect(turns.get('hidden')).toBeLessThanOrEqual(150)
})
