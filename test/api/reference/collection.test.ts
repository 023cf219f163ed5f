import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { collectionFile, collectionText } from '../../../tools/clients/collection.ts'
import { operations } from '../../support/documented/documented.ts'

interface Item {
  name: string
  item?: Item[]
  request?: { method: string; url: { raw: string }; body?: { raw: string } }
}

test('the collection in docs/examples/ is up to date: npm run openapi', () => {
  expect(readFileSync(collectionFile, 'utf8')).toBe(collectionText())
})

test('the collection has a request with a valid body for every operation', () => {
  const { item: folders = [] } = JSON.parse(collectionText()) as Item
  const requests = folders.flatMap(({ item = [] }) => item).map(({ request }) => request!)
  const shown = ({ method, url }: (typeof requests)[number]) =>
    `${method} ${url.raw.replace('{{base_url}}', '').replace(/:(\w+)/g, '{$1}')}`
  const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  expect(requests.map(shown).sort()).toEqual(documented.sort())
  const bodies = requests.flatMap(({ body }) => (body ? [body.raw] : []))
  expect(bodies.length).toBeGreaterThan(30)
  expect(bodies.filter((body) => body === undefined || body.includes('undefined'))).toEqual([])
})
