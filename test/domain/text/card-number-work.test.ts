import { afterEach, expect, test } from 'vitest'
import { findCardNumbers } from '../../../domain/text/card-numbers.ts'

// The largest bodies at the maximum depth: the check reads each character a fixed number of times.

const deepest = 24
const megabyte = 1024 * 1024
const nested = (value: unknown, levels: number): unknown => (levels === 0 ? value : [nested(value, levels - 1)])
const nestedKeys = (value: unknown, levels: number): unknown =>
  levels === 0 ? value : { card: nestedKeys(value, levels - 1) }
const many = <Item>(size: number, item: Item): Item[] => Array<Item>(Math.floor(megabyte / size)).fill(item)

const bodies: [shape: string, body: object][] = [
  ['one list', { card: many(2, 4) }],
  ['lists in lists', { card: nested(many(2, 4), deepest - 1) }],
  ['lists in lists, with items at each level', { card: wideAtEachLevel(deepest - 1) }],
  ['lists in objects', nestedKeys(many(2, 4), deepest - 1) as object],
  ['many deep lists', { card: many(2 * deepest + 1, nested(44, deepest - 1)) }],
  ['many short lists', { card: many(5, [44]) }],
  ['lists and objects in turns', { card: many(17, [{ pan: [[44]] }]) }],
  ['one text', { card: '4 '.repeat(megabyte / 2) }],
  ['one key', { card: { ['4 '.repeat(megabyte / 2)]: 1 } }],
]

function wideAtEachLevel(levels: number): unknown[] {
  const items: unknown[] = Array<number>(Math.floor(megabyte / 2 / deepest)).fill(4)
  return levels === 0 ? items : [...items, wideAtEachLevel(levels - 1)]
}

const { normalize } = String.prototype
afterEach(() => void (String.prototype.normalize = normalize))

test.each(bodies)('%s', (_shape, body) => {
  const size = JSON.stringify(body).length
  expect(size).toBeGreaterThan(megabyte * 0.8)
  let scanned = 0
  // Every searched text is normalized first, and nothing else is normalized.
  // Not with a spy, which would keep half a million calls.
  String.prototype.normalize = function (this: string, form?: string) {
    scanned += this.length
    return normalize.call(this, form)
  }
  expect(findCardNumbers(body)).toEqual([])
  expect(scanned).toBeLessThan(size * 2)
})

test('a nested list takes about as long as a flat one with the same number of items', () => {
  const time = (body: object) => {
    const began = performance.now()
    findCardNumbers(body)
    return performance.now() - began
  }
  const items = many(2, 4).slice(0, 100_000)
  const [flat, deep] = [{ card: items }, { card: nested(items, deepest - 1) }]
  time(flat)
  expect(Math.min(time(deep), time(deep))).toBeLessThan(10 * Math.max(time(flat), time(flat)))
})
