import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pushesFailingFor, starterPushed } from '../../metrics/runs.ts'

beforeEach(() => {
  vi.useFakeTimers()
  starterPushed('sent')
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1_000)

test('pushes that keep failing count from the first failure, until one is sent', () => {
  expect(pushesFailingFor()).toBe(0)
  for (let i = 0; i < 60; i++) {
    starterPushed('failed')
    pass(7)
  }
  expect(pushesFailingFor()).toBe(420)
  starterPushed('sent')
  expect(pushesFailingFor()).toBe(0)
})

test('a failure after which nothing was overdue is forgotten after a minute, and a later one counts anew', () => {
  starterPushed('failed')
  pass(60)
  expect(pushesFailingFor()).toBe(60)
  pass(1)
  expect(pushesFailingFor()).toBe(0)
  pass(3_600)
  starterPushed('failed')
  expect(pushesFailingFor()).toBe(0)
  pass(10)
  expect(pushesFailingFor()).toBe(10)
})
