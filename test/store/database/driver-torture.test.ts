import { afterAll, beforeAll, expect, test } from 'vitest'
import { torture } from '../../../tools/torture/report.ts'
import { tableOf } from '../../../tools/torture/table.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'

// A few runs of what `npm run torture -- --runs 20000` does for long.

let database: TestDatabase
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.drop())

test('whatever happens to connections, each statement returns its own rows or fails', async () => {
  const runs = Array.from({ length: 80 }, (_, run) => run)
  const report = await torture({ url: database.url, seed: 1, runs, lanes: 8 })
  expect(report.wrong, tableOf(report, 1, 0)).toEqual([])
  expect(report.runs).toBe(80)
  expect(report.outcomes['own rows']).toBeGreaterThan(1_000)
  expect(report.outcomes['transaction committed']).toBeGreaterThan(200)
  for (const kind of ['end', 'reset', 'delay', 'kill', 'cancel']) expect(report.faults[kind], kind).toBeGreaterThan(0)
})
