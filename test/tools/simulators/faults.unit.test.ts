import { getEventListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { delay, Faults } from '../../../tools/simulators/faults.ts'

const everything = () => true
const read = { method: 'GET', path: '/orders/*' }
const pay = { method: 'POST', path: '/orders/*/capture' }

test('a fault with `after` applies to no call until the other fault has been applied to all of its calls', () => {
  const faults = new Faults()
  const after = faults.add({ match: pay, fault: 'lose_answer', times: 2 })
  faults.add({ match: read, fault: 'error_before', times: 1, after })
  const takeRead = () => faults.take('GET', '/orders/1', everything)?.fault

  expect(takeRead()).toBeUndefined()
  faults.take('POST', '/orders/1/capture', everything)
  expect(takeRead()).toBeUndefined()
  faults.take('POST', '/orders/1/capture', everything)
  expect(takeRead()).toBe('error_before')
  expect(takeRead()).toBeUndefined()
})

test('removing the other fault lets a fault with `after` apply', () => {
  const faults = new Faults()
  const after = faults.add({ match: pay, fault: 'lose_answer', times: 1 })
  faults.add({ match: read, fault: 'error_before', times: 1, after })
  faults.clear(after)
  expect(faults.take('GET', '/orders/1', everything)?.fault).toBe('error_before')
})

test('a fault delays many calls at once without a warning, and leaves nothing behind', async () => {
  const warnings: string[] = []
  const note = ({ name }: Error) => void warnings.push(name)
  process.on('warning', note)
  const faults = new Faults()
  faults.add({ match: pay, fault: 'delay', times: 60, delay_ms: 600_000 })
  const take = () => faults.take('POST', '/orders/1/capture', everything)!
  const { ended } = take()
  await delay({ ...take(), delay_ms: 1 })
  expect(getEventListeners(ended!, 'abort')).toHaveLength(0)
  const delayed = Promise.all(Array.from({ length: 50 }, () => delay(take())))
  faults.clear()
  await delayed
  await nextTurn()
  process.off('warning', note)
  expect(warnings).toEqual([])
  expect(getEventListeners(ended!, 'abort')).toHaveLength(0)
})
