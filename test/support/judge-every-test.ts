import { afterAll, afterEach } from 'vitest'
import { failOn, settle } from './judged-simulator.ts'

// Run before each test file: what the vendor would not say or take fails the test that caused it.

declare module 'vitest' {
  interface TaskMeta {
    judged?: { bodies: number; violations: number }
  }
}

afterEach(({ task }) => {
  const { bodies, violations } = settle()
  task.meta.judged = { bodies, violations: task.fails ? 0 : violations.length }
  failOn(violations)
})

// What came after the last test, such as events at the end of a world.
afterAll(() => failOn(settle().violations))
