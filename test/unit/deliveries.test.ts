import { expect, test } from 'vitest'
import { Deliveries, isDone } from '../../simulators/deliveries.ts'
import { until } from '../support/until.ts'

test('a forged event that is not answered is sent again, as forged as before, until it is refused', async () => {
  const answers = [undefined, 503, 400, 400]
  const sent: boolean[] = []
  const deliveries = new Deliveries<string>(async (_, forge) => {
    sent.push(forge)
    return isDone(answers[sent.length - 1], forge)
  })
  deliveries.send('an event', { forge: true })
  await until(() => sent.length === 3)
  deliveries.stop()
  expect(sent).toEqual([true, true, true])
  expect(deliveries.forgedAgain).toBe(2)
})

test.each([
  [200, false, true],
  [204, false, true],
  [400, false, false],
  [503, false, false],
  [undefined, false, false],
  [400, true, true],
  [200, true, false],
])('an answer of %s, forged %s: done is %s', (status, forge, done) => {
  expect(isDone(status, forge)).toBe(done)
})
