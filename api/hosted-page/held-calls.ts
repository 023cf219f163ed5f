import { createWaitingCalls } from '../call/limits/waiting-calls.ts'
import type { ChangeFeed } from '../../store/changes/change-feed.ts'

/** What a call read, with its version. */
export interface ReadAnswer {
  version: string
  /** Whether it changes only with the record. Otherwise it is read again every second. */
  isSettled: boolean
}

interface HeldCall<T extends ReadAnswer> {
  billingCustomerId: string
  /** Identifies those who may read the same: the ids with the token. Calls with a wrong token are other readers. */
  reader: string
  /** The version that the client has. */
  seen: string
  /** Milliseconds. */
  wait: number
  /** Aborted if the client disconnects. */
  signal: AbortSignal
  read(): Promise<T>
  /** Waits while the call needs no database. */
  waitFor(wait: Promise<void>): Promise<void>
}

/** Holds calls until what they return has changed. */
export interface HeldCalls {
  /** Returns what was read, or undefined if nothing has changed. Without a free place, it reads and returns at once. */
  hold<T extends ReadAnswer>(call: HeldCall<T>): Promise<T | undefined>
}

/** What is known of a billing customer that is watched: the current versions by reader, until something changes. */
interface Watched {
  versions: Map<string, string>
  waiting: Set<() => void>
  unwatch(): void
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
    const made: Watched = { versions: new Map(), waiting: new Set(), unwatch: () => {}, usedAt: 0 }
    made.unwatch = feed.watch(id, () => {
      made.versions.clear()
      for (const wake of made.waiting) wake()
    })
    watched.set(id, made)
    return made
  }
  function forget(id: string, each: Watched): void {
    if (each.waiting.size > 0) return
    each.unwatch()
    watched.delete(id)
  }
  feed.ended.addEventListener('abort', () => {
    for (const { waiting } of watched.values()) for (const wake of waiting) wake()
  })
  setInterval(() => {
    for (const [id, each] of watched) if (each.usedAt < Date.now() - knownFor) forget(id, each)
  }, knownFor).unref()

  return {
    hold: (call) =>
      places.run(call.reader, async (mayWait) => {
        if (!mayWait || feed.ended.aborted) return call.read()
        const each = watch(call.billingCustomerId)
        try {
          return await holdUntilChanged(call, each, feed.ended)
        } finally {
          each.usedAt = Date.now()
          if (each.versions.size === 0) forget(call.billingCustomerId, each)
        }
      }),
  }
}

async function holdUntilChanged<T extends ReadAnswer>(call: HeldCall<T>, each: Watched, ended: AbortSignal) {
  const until = Date.now() + call.wait
  for (;;) {
    let changed = false
    let wake = () => {}
    const noted = () => {
      changed = true
      wake()
    }
    // Before the read: a change during it must not be missed.
    each.waiting.add(noted)
    try {
      let isSettled = true
      if (each.versions.get(call.reader) !== call.seen) {
        const answer = await call.read()
        if (answer.version !== call.seen) return answer
        isSettled = answer.isSettled
        if (isSettled && !changed) each.versions.set(call.reader, answer.version)
      }
      const left = until - Date.now()
      if (left <= 0 || call.signal.aborted || ended.aborted) return undefined
      const time = isSettled ? left : Math.min(left, unsettledWait)
      if (!changed) await call.waitFor(untilWoken(time, call.signal, (resolve) => (wake = resolve)))
    } finally {
      each.waiting.delete(noted)
    }
  }
}

/** Waits until `onWake`'s function is called, the signal is aborted, or the time has passed. */
function untilWoken(time: number, signal: AbortSignal, onWake: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, time)
    signal.addEventListener('abort', wake)
    onWake(wake)
  })
}
