import { expect, onTestFinished, test, vi } from 'vitest'
import { limitCallsInFlight } from '../../gateways/calls-in-flight.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { callsPerAccount, workerLimits } from '../../worker/run-worker.ts'

/** A gateway whose reads return when they are told to. */
function slowGateway() {
  const ends: ((error?: Error) => void)[] = []
  const read = () =>
    new Promise((resolve, reject) => {
      ends.push((error) => (error ? reject(error) : resolve({ state: 'dead', trace: '' })))
    })
  return { gateway: { name: 'stripe', accountId: 'ga_1', read } as unknown as PaymentGateway, ends }
}
const object = { kind: 'payment', id: 'pi_1' } as const

test('calls beyond the limit are rejected at once, and accepted once a call has ended or failed', async () => {
  const { gateway, ends } = slowGateway()
  const limited = limitCallsInFlight(gateway, 2)
  expect(limited.accountId).toBe('ga_1')
  const [first, second] = [limited.read(object), limited.read(object)]
  await expect(limited.read(object)).rejects.toMatchObject({ kind: 'not_now', vendorCode: 'too_many_calls_in_flight' })
  expect(ends).toHaveLength(2)
  ends[0]!()
  await first
  const third = limited.read(object)
  ends[1]!(new Error('cut'))
  await expect(second).rejects.toThrow('cut')
  const fourth = limited.read(object)
  for (const end of ends.slice(2)) end()
  await Promise.all([third, fourth])
  expect(ends).toHaveLength(4)
})

test('a rejected call is told for how long the oldest call that takes its place has waited', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { gateway, ends } = slowGateway()
  const limited = limitCallsInFlight(gateway, 2)
  const first = limited.read(object)
  vi.advanceTimersByTime(9_000)
  void limited.read(object)
  vi.advanceTimersByTime(3_000)
  await expect(limited.read(object)).rejects.toMatchObject({ accountBusyFor: 12_000 })
  ends[0]!()
  await first
  void limited.read(object)
  await expect(limited.read(object)).rejects.toMatchObject({ accountBusyFor: 3_000 })
})

test('calls of another account are not counted', async () => {
  const [one, other] = [slowGateway(), slowGateway()]
  void limitCallsInFlight(one.gateway, 1).read(object)
  const read = limitCallsInFlight(other.gateway, 1).read(object)
  other.ends[0]!()
  expect(await read).toMatchObject({ state: 'dead' })
})

test('three accounts that do not answer leave steps of a worker to the others', () => {
  expect(workerLimits.maxConcurrentActivityTaskExecutions).toBeGreaterThan(3 * callsPerAccount)
})
