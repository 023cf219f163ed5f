import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readImports, root } from '../../tools/graph/imports.ts'
import { drawPictures, graphsOf, replacePictures } from '../../tools/graph/picture.ts'
import { findCircle, roomsOf } from '../../tools/graph/rooms.ts'

const { imports, violations } = readImports()
const files = [...imports.keys()]
const folders = new Set(files.map((file) => dirname(file)))

test('no import is forbidden, and no files import each other in a circle', () => {
  expect([...imports.get('api/main.ts')!.keys()]).toContain('api/app.ts')
  expect(violations).toEqual([])
})

test('rooms do not import each other in a circle', () => {
  const rooms = roomsOf(imports)
  expect([...rooms.get('store/lifecycle')!.keys()]).toContain('store/database')
  expect(findCircle(rooms)).toBeUndefined()
})

test('a circle between rooms is detected even without a circle of files', () => {
  const wrong = new Map(imports)
  wrong.set('store/database/lock.ts', new Map([['store/lifecycle/price.ts', { typesOnly: true }]]))
  expect(findCircle(roomsOf(wrong))).toMatch(/store\/database.* -> store\/lifecycle/)
})

test('the pictures in docs/architecture.md are up to date and have no circle: npm run graph', () => {
  const graphs = graphsOf(imports)
  for (const graph of [graphs.folders, ...graphs.inside.values()]) expect(findCircle(graph)).toBeUndefined()
  const document = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  expect(replacePictures(document, drawPictures(graphs))).toBe(document)
})

test('the pictures omit an arrow that follows from others, unless one of those imports types only', () => {
  const draw = (typesOnly: boolean) => {
    const ofCustomers = new Map([
      ['store/events/a.ts', { typesOnly: false }],
      ['store/tenants/a.ts', { typesOnly: false }],
    ])
    const graph = new Map([
      ['store/customers/a.ts', ofCustomers],
      ['store/tenants/a.ts', new Map([['store/events/a.ts', { typesOnly }]])],
      ['store/events/a.ts', new Map()],
    ])
    return drawPictures(graphsOf(graph))
  }
  const omitted = 'store_customers[customers] --> store_events[events]'
  expect(draw(true)).toContain('store_tenants[tenants] -.-> store_events[events]')
  expect(draw(true)).toContain(omitted)
  expect(draw(false)).not.toContain(omitted)
})

test('the root has no other folders of code, and no folder has too many files', () => {
  const atRoot = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]!))
  expect([...atRoot].sort()).toEqual([
    'activities',
    'admin',
    'api',
    'docs',
    'domain',
    'gateways',
    'metrics',
    'packages',
    'payments',
    'receivers',
    'runtime',
    'store',
    'test',
    'tools',
    'traces',
    'worker',
    'workflows',
  ])
  const size = (folder: string) => files.filter((file) => dirname(file) === folder).length
  expect([...folders].filter((folder) => size(folder) > 15)).toEqual([])
})
