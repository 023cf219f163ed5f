import { expect, test } from 'vitest'
import { createWaitingCalls } from '../../../../api/call/limits/waiting-calls.ts'

test('twenty calls of an organization may wait, and a further one once another has ended', async () => {
  const calls = createWaitingCalls()
  let end = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const asked: boolean[] = []
  const call = async (mayWait: boolean) => {
    asked.push(mayWait)
    if (mayWait) await ended
  }
  const waiting = Array.from({ length: 21 }, () => calls.run('org_1', call))
  expect(asked).toEqual([...Array.from({ length: 20 }, () => true), false])
  void calls.run('org_2', call)
  expect(asked.at(-1)).toBe(true)
  end()
  await Promise.all(waiting)
  await calls.run('org_1', call)
  expect(asked.at(-1)).toBe(true)
})
