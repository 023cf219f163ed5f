import { expect, test } from 'vitest'
import { readFile } from './read-file.ts'

const columns = (count: number) => Array.from({ length: count }, (_, i) => `metadata.key_${i}`).join(',')
const read = (text: string, format: 'csv' | 'jsonl' = 'csv') => readFile(Buffer.from(text), format)

/** The processor time of this process so far: while others have the processor, it stands still. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Returns the longest processor time for which nothing else could run during some work. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let [last, longest, isDone] = [processorTime(), 0, false]
  const look = () => {
    const now = processorTime()
    longest = Math.max(longest, now - last)
    last = now
    if (!isDone) setImmediate(look)
  }
  setImmediate(look)
  await work()
  isDone = true
  look()
  return longest
}

test.each([
  ['wide rows', `external_id,${columns(400)}\n`, `,${Array(400).fill('v').join(',')}`, 300],
  ['many short rows', 'external_id,name\n', ',Ada', 20_000],
])('reading %s leaves time for other calls', async (_, header, cells, count) => {
  const file = header + Array.from({ length: count }, (_, i) => `usr_${i}${cells}\n`).join('')
  const began = processorTime()
  const longest = await longestBlock(() => read(file))
  expect(longest).toBeLessThan((processorTime() - began) / 3)
})

test('a header has at most 500 columns', async () => {
  expect((await read(`external_id,${columns(499)}\nusr_1\n`)).rows).toHaveLength(1)
  await expect(read(`external_id,${columns(500)}\nusr_1\n`)).rejects.toThrow('must have at most 500 columns')
})

test('an error of a row as a whole is an error of "row" in both formats', async () => {
  const { rows } = await read('{"4242 4242 4242 4242":1}\n5\n', 'jsonl')
  expect(rows.map(({ errors }) => errors[0]!.param)).toEqual(['row', 'row'])
})
