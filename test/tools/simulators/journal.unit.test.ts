import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openJournal } from '../../../tools/simulators/journal.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

const file = () => join(temporaryFolder('journal'), 'journal.jsonl')

test('list filters before it copies, and a change of a copy has no effect', () => {
  const journal = openJournal(file())
  for (const n of [1, 2, 3]) journal.put('things', `id_${n}`, { n })
  const seen: number[] = []
  const [second] = journal.list<{ n: number }>('things', ({ n }) => seen.push(n) > 0 && n === 2)
  expect([second, seen]).toEqual([{ n: 2 }, [1, 2, 3]])
  second!.n = 9
  expect(journal.list('things')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  expect([journal.count('things'), journal.count('others')]).toEqual([3, 0])
  journal.close()
})

test('a journal is read back without an incomplete last line', () => {
  const path = file()
  const journal = openJournal(path)
  journal.put('things', 'kept', 1)
  journal.put('things', 'removed', 2)
  journal.remove('things', 'removed')
  journal.close()
  appendFileSync(path, '{"c":"things","i":"cut')
  const again = openJournal(path)
  expect(again.list('things')).toEqual([1])
  again.close()
})
