import { hundredth, startReceiver, type Arrival, type Behavior } from './receiver.ts'

// Receivers of webhooks, in a process of their own: their work must not delay the measurement.

const ok = { status: 200 }
const behaviors: Record<string, Behavior> = {
  'good 1': () => ok,
  'good 2': () => ok,
  'good 3': () => ok,
  'good 4': () => ok,
  'good 5': () => ok,
  slow: () => ({ status: 200, delay: 3_000 }),
  'fails a tenth': (eventId, nth) => (hundredth(`${eventId}${nth}`) < 10 ? { status: 500 } : ok),
  resets: () => 'reset',
}

const receivers = await Promise.all(
  Object.entries(behaviors).map(async ([name, behave]) => ({ name, ...(await startReceiver(behave)) })),
)
/** What the receivers send to the process that started them. */
export type Message =
  { kind: 'started'; urls: Record<string, string> } | { kind: 'arrived'; arrivals: Record<string, Arrival[]> }

const tell = (message: Message) => process.send?.(message)
process.on('message', () =>
  tell({ kind: 'arrived', arrivals: Object.fromEntries(receivers.map(({ name, arrivals }) => [name, arrivals])) }),
)
process.once('disconnect', () => process.exit(0))
tell({ kind: 'started', urls: Object.fromEntries(receivers.map(({ name, url }) => [name, url])) })
