import type { WebhookOrder } from './faults.ts'

const pauses = [0, 500, 2_000, 5_000, 15_000, 30_000]
/** How many deliveries are on their way at once: more would time out at an endpoint that is only slow. */
const mostAtOnce = 50
/** Seconds of the simulator's clock between later tries; the last one repeats. */
const laterPauses = [60, 300, 1_800, 7_200, 21_600, 43_200]

/** For how long an event that nobody takes is sent, by a clock that can be put forward. Seconds. */
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

/** Posts an event to the endpoint; answers whether it is done with. */
type Post<Event> = (event: Event, forge: boolean) => Promise<boolean>

/** Sends events to an endpoint, again and again until it takes them, or refuses what is forged, and again on demand. */
export class Deliveries<Event> {
  private readonly post: Post<Event>
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly waiting: (() => Promise<void>)[] = []
  private underWay = 0
  private stopped = false
  /** What nobody took within the first minute. */
  private readonly later = new Set<Waiting<Event>>()
  private readonly persistence: Persistence | undefined
  private readonly laterTimers = new Set<NodeJS.Timeout>()

  /** Deliveries that are not done with: waiting, on their way, or to be repeated within the first minute. */
  get left(): number {
    return this.timers.size + this.waiting.length + this.underWay
  }

  /** How many deliveries of forged events were repeats: the endpoint may have met each of them twice. */
  forgedAgain = 0

  /** Without `persistence` an event is given up after the first minute. */
  constructor(post: Post<Event>, persistence?: Persistence) {
    this.post = post
    this.persistence = persistence
  }

  send(event: Event, { forge = false, delay = 0 } = {}, tries = 0): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      this.waiting.push(() => this.deliver(event, forge, tries))
      this.goOn()
    }, delay + pauses[tries]!)
    this.timers.add(timer)
  }

  private goOn(): void {
    while (!this.stopped && this.underWay < mostAtOnce && this.waiting.length > 0) {
      this.underWay++
      void this.waiting.shift()!().finally(() => {
        this.underWay--
        this.goOn()
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

  /** Sends what is due by the clock now. */
  clockMoved(): void {
    for (const entry of this.later) {
      if (entry.due > this.persistence!.now()) continue
      this.later.delete(entry)
      this.waiting.push(async () => {
        if (!(await this.post(entry.event, false))) this.keep(entry.event, entry.since, entry.tries + 1)
      })
    }
    this.goOn()
  }

  /** Sends those that were ordered again, of all so far; of a type the newest alone. Answers how many deliveries were begun. */
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

/** The status with which an endpoint answers a body of JSON with these headers; undefined where it does not in time. */
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

/** Whether nothing more is to be sent after this answer. */
export const isDone = (status: number | undefined, forge: boolean): boolean =>
  status !== undefined && (forge ? status === 400 : status < 300)
