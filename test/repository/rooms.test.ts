import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { findCircle, importsOfTree } from '../support/import-graph.ts'

const imports = importsOfTree()
const files = [...imports.keys()]
const folders = new Set(files.map((file) => dirname(file)))
const hasRoomsInside = (folder: string) => [...folders].some((other) => other.startsWith(`${folder}/`))

/** A folder without subfolders is a room. In a folder with subfolders, each file is a room. */
const roomOf = (file: string) => (dirname(file) === '.' || hasRoomsInside(dirname(file)) ? file : dirname(file))

function roomsOf(graph: Map<string, string[]>): Map<string, string[]> {
  const rooms = new Map<string, Set<string>>()
  for (const [file, imported] of graph) {
    const room = roomOf(file)
    const others = imported.filter((other) => graph.has(other)).map(roomOf)
    rooms.set(room, new Set([...(rooms.get(room) ?? []), ...others.filter((other) => other !== room)]))
  }
  return new Map([...rooms].map(([room, others]) => [room, [...others]]))
}

test('rooms do not import each other in a circle', () => {
  const rooms = roomsOf(imports)
  expect(rooms.get('store/lifecycle')).toContain('store/database')
  expect(findCircle(rooms)?.join(' -> ')).toBeUndefined()
})

test('a circle between rooms is detected even without a circle of files', () => {
  const wrong = new Map(imports)
  wrong.set('store/database/lock.ts', ['store/lifecycle/price.ts'])
  expect(findCircle(roomsOf(wrong))).toEqual(expect.arrayContaining(['store/database', 'store/lifecycle']))
})

test('the root has at most 13 folders of code, and no folder has too many files', () => {
  const atRoot = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]!))
  expect([...atRoot].sort()).toEqual([
    'activities',
    'admin',
    'api',
    'docs',
    'domain',
    'gateways',
    'payments',
    'runtime',
    'store',
    'test',
    'tools',
    'worker',
    'workflows',
  ])
  const size = (folder: string) => files.filter((file) => dirname(file) === folder).length
  expect([...folders].filter((folder) => size(folder) > 15)).toEqual([])
})
