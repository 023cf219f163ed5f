import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { registry } from '../../metrics/registry.ts'

const folder = new URL('../../metrics/', import.meta.url)
for (const file of readdirSync(folder)) await import(new URL(file, folder).href)

/** What docs/metrics.md says about each metric: `name` or `name label label`. */
const documented = [
  ...readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8').matchAll(
    /^\| `(\w+)` +\| (?:`([^`]+)`)?/gm,
  ),
].map(([, name, labels = '']) => [name, ...labels.split(' ').filter(Boolean)].join(' '))

test('docs/metrics.md lists every metric with its labels', async () => {
  const metrics = registry.getMetricsAsArray() as unknown as { name: string; labelNames: string[] }[]
  expect(metrics.length).toBeGreaterThan(20)
  // Those of Node.js itself are there if another test of this process has served metrics.
  const own = metrics.filter(({ name }) => !/^(nodejs|process)_/.test(name))
  const ours = own.map(({ name, labelNames }) => [name, ...labelNames.filter((label) => label !== 'le')].join(' '))
  expect(documented.sort()).toEqual(ours.sort())
})

test('every statement that writes events is followed by its count', () => {
  const store = new URL('../../store/', import.meta.url)
  const writers = readdirSync(store, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: readFileSync(new URL(file, store), 'utf8') }))
    .filter(({ text }) => text.includes('insert into events'))
  expect(writers.length).toBeGreaterThan(5)
  const count = (text: string, part: string) => text.split(part).length - 1
  const uncounted = writers.filter(({ text }) => count(text, 'insert into events') !== count(text, 'countEvent(sql'))
  expect(uncounted.map(({ file }) => file)).toEqual([])
})
