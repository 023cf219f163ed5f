import { afterAll, beforeAll, expect, test } from 'vitest'
import { afterCommit } from '../../../store/database/after-commit.ts'
import { freshDatabase } from '../../support/servers/database.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.drop())

test('what is due after the commit happens once it is visible to others, and never after a rollback', async () => {
  const { sql } = database
  await sql`create table written (n integer)`
  const seen: unknown[] = []
  await sql.begin(async (transaction) => {
    afterCommit(transaction, () => seen.push('first'))
    await transaction`insert into written values (1)`
    afterCommit(transaction, () => seen.push(sql`select n from written`))
    expect(seen).toEqual([])
  })
  expect([seen[0], await seen[1]]).toEqual(['first', [{ n: 1 }]])
  await expect(
    sql.begin(async (transaction) => {
      afterCommit(transaction, () => seen.push('rolled back'))
      await transaction`insert into written values ('not a number')`
    }),
  ).rejects.toThrow()
  expect(seen).toHaveLength(2)
})
