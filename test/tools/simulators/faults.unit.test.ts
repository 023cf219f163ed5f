import { expect, test } from 'vitest'
import { Faults } from '../../../tools/simulators/faults.ts'

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
