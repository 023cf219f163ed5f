import type { WebhookOrder } from './faults.ts'

const pauses = [0, 500, 2_000, 5_000, 15_000, 30_000]
/** Concurrent deliveries. More would time out at a slow endpoint. */
const maxConcurrent = 50
/** Seconds of the simulator's clock between later retries. The last one repeats. */
const laterPauses = [60, 300, 1_800, 7_200, 21_600, 43_200]

/** For how long undelivered events are retried, in seconds of a clock that can be advanced. */
interface Persistence {
  now(): number
  giveUpAfter: number
}

interface Waiting<Event> {
  event: Event
  due: number
  since: number
  tries: number
}

/** Posts an event to the endpoint. Returns whether the delivery is done. */
type Post<Event> = (event: Event, forge: boolean) => Promise<boolean>

/** Sends events to an endpoint, retries until it accepts them (or rejects forged ones), and resends on demand. */
export class Deliveries<Event> {
  private readonly post: Post<Event>
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly waiting: (() => Promise<void>)[] = []
  private inProgress = 0
  private stopped = false
  /** Events that were not accepted within the first minute. */
  private readonly later = new Set<Waiting<Event>>()
  private readonly persistence: Persistence | undefined
  private readonly laterTimers = new Set<NodeJS.Timeout>()

  /** Number of deliveries that are waiting, in progress, or to be retried within the first minute. */
  get left(): number {
    return this.timers.size + this.waiting.length + this.inProgress
  }

  /** Number of retries of forged events, each of which the endpoint may have received twice. */
  forgedAgain = 0

  /** Without `persistence`, retries end after the first minute. */
  constructor(post: Post<Event>, persistence?: Persistence) {
    this.post = post
    this.persistence = persistence
  }

  send(event: Event, { forge = false, delay = 0 } = {}, tries = 0): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      this.waiting.push(() => this.deliver(event, forge, tries))
      this.sendNext()
    }, delay + pauses[tries]!)
    this.timers.add(timer)
  }

  private sendNext(): void {
    while (!this.stopped && this.inProgress < maxConcurrent && this.waiting.length > 0) {
      this.inProgress++
      void this.waiting.shift()!().finally(() => {
        this.inProgress--
        this.sendNext()
      })
    }
  }

  private async deliver(event: Event, forge: boolean, tries: number): Promise<void> {
    const done = await this.post(event, forge)
    const again = !done && !this.stopped && tries + 1 < pauses.length
    if (again && forge) this.forgedAgain++
    if (again) this.send(event, { forge }, tries + 1)
    else if (!done && !forge) this.keep(event)
  }

  private keep(event: Event, since = this.persistence?.now() ?? 0, tries = 0): void {
    if (this.stopped || !this.persistence) return
    const now = this.persistence.now()
    if (now - since >= this.persistence.giveUpAfter) return
    const pause = laterPauses[Math.min(tries, laterPauses.length - 1)]!
    this.later.add({ event, due: now + pause, since, tries })
    const timer = setTimeout(() => {
      this.laterTimers.delete(timer)
      this.clockMoved()
    }, pause * 1_000).unref()
    this.laterTimers.add(timer)
  }

  /** Sends the events that are due after the clock has moved. */
  clockMoved(): void {
    for (const entry of this.later) {
      if (entry.due > this.persistence!.now()) continue
      this.later.delete(entry)
      this.waiting.push(async () => {
        if (!(await this.post(entry.event, false))) this.keep(entry.event, entry.since, entry.tries + 1)
      })
    }
    this.sendNext()
  }

  /** Resends the ordered events: the newest of a type, or all. Returns the number of deliveries started. */
  resend(all: Event[], order: WebhookOrder, nameOf: (event: Event) => { id: string; type: string }): number {
    const named = all.filter((event) => {
      const { id, type } = nameOf(event)
      return (!order.type || type === order.type) && (!order.event_id || id === order.event_id)
    })
    const chosen = order.type ? named.slice(-1) : named
    const deliveries = Array.from({ length: order.times }, () => chosen).flat()
    if (order.shuffle) deliveries.sort(() => Math.random() - 0.5)
    for (const event of deliveries) this.send(event, { forge: order.forge, delay: order.delay_ms })
    return deliveries.length
  }

  stop(): void {
    this.stopped = true
    for (const timer of [...this.timers, ...this.laterTimers]) clearTimeout(timer)
  }
}

/** Posts JSON to an endpoint. Returns the status of its response, or undefined without a response in time. */
export async function statusOf(
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', ...headers },
      signal: AbortSignal.timeout(10_000),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return undefined
  }
}

/** Returns whether a delivery is done after a response with this status. */
export const isDone = (status: number | undefined, forge: boolean): boolean =>
  status !== undefined && (forge ? status === 400 : status < 300)
