import { expect, test } from 'vitest'
import { metricsWithRecord, type RecordState } from '../../metrics/record.ts'

const state: RecordState = {
  live: [],
  overdueFor: 0,
  charges: [],
  deadEvents: [],
  endpoints: [],
  deliveryDueFor: 7,
  reconciledAt: 0,
  eventsReadAt: [],
  compared: [],
}

test('a scrape does not wait for a record that does not answer, and the next one shows what came late', async () => {
  let answer = (_: RecordState) => {}
  const metrics = metricsWithRecord(() => new Promise((resolve) => (answer = resolve)))
  for (let scrape = 0; scrape < 2; scrape++) {
    const text = await metrics(20)
    expect(text).toContain('record_readable 0')
    expect(text).toContain('webhook_oldest_due_delivery_seconds Nan')
  }
  answer(state)
  const text = await metrics(20)
  expect(text).toContain('record_readable 1')
  expect(text).toContain('webhook_oldest_due_delivery_seconds 7')
})
