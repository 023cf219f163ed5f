import { afterAll, afterEach, inject } from 'vitest'
import { settleIndependent, type Refusal } from './independent-judge.ts'
import { failOn, settle } from './judged-simulator.ts'
import { compare } from './wrong-on-purpose.ts'

// Runs before each test file. A request or response that the vendor would not accept or send fails the test that caused
// it.

declare module 'vitest' {
  interface TaskMeta {
    judged?: { bodies: number; violations: number; requests: number; refused: number }
  }
}

afterEach(async ({ task }) => {
  const { bodies, violations } = settle()
  const { requests, refusals } = await settleIndependent()
  const { refused, missing } = compare(task.name, refusals)
  const failing = task.fails ? 0 : 1
  task.meta.judged = {
    bodies,
    violations: failing * violations.length,
    requests,
    refused: failing * refused.length,
  }
  failOn(violations)
  refuse(refused)
  if (inject('stripeMock') && missing.length > 0)
    throw new Error(`wrong on purpose, and not refused: ${missing.map(({ call }) => call).join(', ')}`)
})

// Covers what follows the last test, such as events at the end of a world.
afterAll(async () => {
  failOn(settle().violations)
  refuse((await settleIndependent()).refusals)
})

function refuse(refusals: Refusal[]): void {
  if (refusals.length === 0) return
  const lines = new Set(refusals.map(({ call, reason }) => `${call}: ${reason}`))
  throw new Error(`Stripe would refuse what was sent:\n${[...lines].join('\n')}`)
}
