import { setImmediate as settled } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createUploadTurns } from '../../../../api/call/limits/upload-turns.ts'

test('parts of two uploads are read at a time, the others in order', async () => {
  const { take: begin } = createUploadTurns().reading
  const begun: number[] = []
  const ends = new Map<number, () => void>()
  for (let i = 0; i < 5; i++)
    void begin().then((end) => {
      begun.push(i)
      ends.set(i, end)
    })
  await settled()
  expect(begun).toEqual([0, 1])
  ends.get(0)!()
  ends.get(0)!()
  await settled()
  expect(begun).toEqual([0, 1, 2])
  for (const i of [1, 2]) ends.get(i)!()
  await settled()
  for (const i of [3, 4]) ends.get(i)!()
  const again = await Promise.all([begin(), begin()])
  expect(again).toHaveLength(2)
})
