import { createWaitingCalls } from '../call/limits/waiting-calls.ts'
import type { ChangeFeed, Watch } from '../../store/changes/change-feed.ts'

/** What a call read, with its version. */
export interface ReadAnswer {
  version: string
  /** Whether it changes only with the record. Otherwise it is read again every second. */
  isSettled: boolean
}

/** The connection of a call. */
interface Client {
  hasLeft(): boolean
  /** Calls `leave` when the client disconnects. Returns a function that ends this. */
  onLeave(leave: () => void): () => void
}

interface HeldCall<T extends ReadAnswer> {
  billingCustomerId: string
  /** Identifies those who may read the same: the ids with the token. Calls with a wrong token are other readers. */
  reader: string
  /** The version that the client has. */
  seen: string
  /** Milliseconds that are left to wait. */
  left: number
  /** Whether the call has waited before. */
  hasWaited: boolean
  client: Client
  read(): Promise<T>
}

/**
 * What a held call found: what was read; nothing, because the time has passed without a change; or what to wait for
 * before the call is made again.
 */
export type Held<T> = { do: 'answer'; answer: T | undefined } | { do: 'wait'; wait: Promise<void> }

const unchanged = { do: 'answer', answer: undefined } as const

/** Holds calls until what they return has changed. */
export interface HeldCalls {
  /** Looks once. Without a free place, it reads and returns at once. The place is taken until the wait is over. */
  hold<T extends ReadAnswer>(call: HeldCall<T>): Promise<Held<T>>
}

/** What is known of a billing customer that is watched: the current versions by reader, until something changes. */
interface Watched {
  versions: Map<string, string>
  waiting: Set<() => void>
  watch: Watch
  usedAt: number
}

const unsettledWait = 1_000
/** Milliseconds for which versions are known after the last call. Clients ask again at once. */
const knownFor = 60_000
/** Of one reader, and of all. */
const limits = { ofGroup: 4, inAll: 10_000 }

/**
 * Returns the holder of the calls of one process. A reader that asks again for a known version is not read at all, so
 * that pages on which nothing happens cost the database nothing.
 */
export function createHeldCalls(feed: ChangeFeed, most: { ofGroup: number; inAll: number } = limits): HeldCalls {
  const places = createWaitingCalls(most)
  const watched = new Map<string, Watched>()

  function watch(id: string): Watched {
    const known = watched.get(id)
    if (known) return known
    const versions = new Map<string, string>()
    const waiting = new Set<() => void>()
    const changed = () => {
      versions.clear()
      for (const wake of waiting) wake()
    }
    const made: Watched = { versions, waiting, watch: feed.watch(id, changed), usedAt: 0 }
    watched.set(id, made)
    return made
  }
  function forget(id: string, each: Watched): void {
    if (each.waiting.size > 0) return
    each.watch.end()
    watched.delete(id)
  }
  feed.ended.addEventListener('abort', () => {
    for (const { waiting } of watched.values()) for (const wake of waiting) wake()
  })
  setInterval(() => {
    for (const [id, each] of watched) if (each.usedAt < Date.now() - knownFor) forget(id, each)
  }, knownFor).unref()

  return {
    async hold(call) {
      if (feed.ended.aborted && call.hasWaited) return unchanged
      const free = feed.ended.aborted ? undefined : places.take(call.reader)
      if (!free) return { do: 'answer', answer: await call.read() }
      const each = watch(call.billingCustomerId)
      // Before the read: a change during it must not be missed.
      const changes = noteChanges(each)
      const end = () => {
        changes.stop()
        each.usedAt = Date.now()
        free()
      }
      let wait: Promise<void> | undefined
      try {
        const found = await look(call, each, changes)
        if (found.do === 'wait') wait = found.wait
        return found
      } finally {
        if (wait) {
          // Stays watched: the call is made again at once.
          void wait.then(end)
        } else {
          end()
          if (each.versions.size === 0) forget(call.billingCustomerId, each)
        }
      }
    },
  }
}

async function look<T extends ReadAnswer>(call: HeldCall<T>, each: Watched, changes: Changes): Promise<Held<T>> {
  let isSettled = true
  if (each.versions.get(call.reader) !== call.seen) {
    await each.watch.begun
    const answer = await call.read()
    if (answer.version !== call.seen) return { do: 'answer', answer }
    isSettled = answer.isSettled
    if (isSettled && !changes.happened()) each.versions.set(call.reader, answer.version)
  }
  if (call.left <= 0 || call.client.hasLeft()) return unchanged
  const time = isSettled ? call.left : Math.min(call.left, unsettledWait)
  return { do: 'wait', wait: changes.next(time, call.client) }
}

type Changes = ReturnType<typeof noteChanges>

/** Notes the changes of a billing customer from now on. */
function noteChanges({ waiting }: Watched) {
  let happened = false
  let wake = () => {}
  const note = () => {
    happened = true
    wake()
  }
  waiting.add(note)
  return {
    happened: () => happened,
    /** Resolves once there was a change, the client has left, or the time has passed. */
    next: (time: number, client: Client) =>
      new Promise<void>((resolve) => {
        wake = () => {
          clearTimeout(timer)
          stay()
          resolve()
        }
        const stay = client.onLeave(wake)
        const timer = setTimeout(wake, happened ? 0 : time)
      }),
    stop: () => void waiting.delete(note),
  }
}
