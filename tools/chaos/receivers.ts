import { hundredth, received, startReceiver, type Behavior, type Receiver } from '../webhooks/receiver.ts'
import type { Database } from '../../store/database/database.ts'

const ok = { status: 200 }
/** Milliseconds after its first request in which a receiver is unavailable. */
const away = { from: 5_000, to: 12_000 }

function awayForAWhile(): Behavior {
  let first: number | undefined
  return () => {
    const since = Date.now() - (first ??= Date.now())
    return since > away.from && since < away.to ? { status: 503 } : ok
  }
}

/** `steady` accepts everything; `flaky` refuses a tenth of the events once; `away` accepts nothing for some seconds. */
const behaviors = {
  steady: () => () => ok,
  flaky: () => (eventId: string, nth: number) => (nth === 1 && hundredth(eventId) < 10 ? { status: 500 } : ok),
  away: awayForAWhile,
} satisfies Record<string, () => Behavior>

export interface Receivers {
  byEndpoint: Map<string, { name: string; receiver: Receiver }>
  close(): Promise<void>
}

/** Starts the receivers and creates an endpoint for each, which gets every event of the organization. */
export async function startReceivers(apiUrl: string, key: string): Promise<Receivers> {
  const byEndpoint: Receivers['byEndpoint'] = new Map()
  for (const [name, behave] of Object.entries(behaviors)) {
    const receiver = await startReceiver(behave())
    const response = await fetch(`${apiUrl}/v1/webhook_endpoints`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ url: receiver.url, description: name }),
    })
    if (response.status !== 201) throw new Error(`creating a webhook endpoint returned ${response.status}`)
    byEndpoint.set(((await response.json()) as { id: string }).id, { name, receiver })
  }
  return {
    byEndpoint,
    close: async () => void (await Promise.all([...byEndpoint.values()].map(({ receiver }) => receiver.close()))),
  }
}

/** What arrived at the receivers, compared with the events in PostgreSQL. */
export interface CountedDeliveries {
  /** Events that arrived, each counted once per receiver. */
  delivered: number
  duplicates: number
  /** `receiver event` for each event that a receiver did not get and accept. */
  undelivered: string[]
  /** Events that arrived out of order at the receiver that accepts everything. */
  misordered: string[]
}

/** Looks for each event of an endpoint's tenant at its receiver, whatever the deliveries in PostgreSQL say. */
export async function countDeliveries(database: Database, { byEndpoint }: Receivers): Promise<CountedDeliveries> {
  const events = await database<{ endpointId: string; eventId: string }[]>`
    select w.id as endpoint_id, e.id as event_id
    from webhook_endpoints w join events e
      on e.organization_id = w.organization_id and e.environment = w.environment and e.created_at >= w.created_at`
  const all = [...byEndpoint].map(([id, { name, receiver }]) => {
    const accepted = new Set(receiver.arrivals.filter((each) => each.accepted).map(({ eventId }) => eventId))
    const { duplicates, misordered } = received(receiver.arrivals)
    const missing = events.filter(({ endpointId, eventId }) => endpointId === id && !accepted.has(eventId))
    return { name, delivered: accepted.size, duplicates, misordered, missing }
  })
  return {
    delivered: all.reduce((sum, each) => sum + each.delivered, 0),
    duplicates: all.reduce((sum, each) => sum + each.duplicates, 0),
    undelivered: all.flatMap(({ name, missing }) => missing.map(({ eventId }) => `${name} ${eventId}`)),
    misordered: all.find(({ name }) => name === 'steady')?.misordered ?? [],
  }
}
