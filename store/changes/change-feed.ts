import { randomUUID } from 'node:crypto'
import { openDatabase, type Database } from '../database/database.ts'
import { channel, type Hints } from './hints.ts'
import { readMarks } from './read-marks.ts'

/** Tells when the record of a billing customer may have changed: at once by hints, otherwise by looking. */
export interface ChangeFeed {
  /** Calls `changed` whenever it may have. */
  watch(billingCustomerId: string, changed: () => void): Watch
  /** Aborted by `close`: those who wait for a change should return. */
  readonly ended: AbortSignal
  close(): Promise<void>
}

export interface Watch {
  /** Resolves once changes are noticed: read the record after it. Never rejects. */
  readonly begun: Promise<void>
  end(): void
}

interface FeedOptions {
  url: string
  name: string
  /** The pool on which it looks. */
  database: Database
  hints: Pick<Hints, 'send'>
  /** Milliseconds between two looks while hints arrive, and while they do not. */
  every?: { hinted: number; unhinted: number } | undefined
}

interface Watched {
  watchers: Set<() => void>
  /** What the last look found, or at first the read at the beginning. */
  mark?: string
  begun: Promise<void>
}

/**
 * Opens the feed with one connection that listens for hints. A look is one statement for all that is watched, and none
 * if nothing is. Each look also sends a hint to this feed: one that is not heard shows that hints do not arrive, for
 * example behind a connection pooler. Then it looks more often and listens anew.
 */
export function openChangeFeed(options: FeedOptions): ChangeFeed {
  const { database, hints, every = { hinted: 15_000, unhinted: 2_000 } } = options
  const watched = new Map<string, Watched>()
  const own = `feed ${randomUUID()}`
  const ended = new AbortController()
  /** Whether hints arrive, and whether the own hint that was sent last did. */
  let arrive = false
  let unheard = false
  let timer: NodeJS.Timeout
  let listener = listen(options, hear, ask)

  function hear(payload: string): void {
    if (payload === own) [arrive, unheard] = [true, false]
    else for (const changed of watched.get(payload)?.watchers ?? []) changed()
  }
  function ask(): void {
    unheard = true
    hints.send(own)
  }
  /** Begins with a mark, so that the first look finds only what has changed. Otherwise it would wake all at once. */
  function begin(id: string): Watched {
    const each: Watched = { watchers: new Set(), begun: Promise.resolve() }
    watched.set(id, each)
    const note = (mark: string) => void (each.mark = mark)
    // If that fails, the first look counts as a change.
    each.begun = readMarks(database, [id]).then(
      (marks) => note(markOf(id, marks)),
      () => note('unknown'),
    )
    return each
  }
  async function look(): Promise<void> {
    // What is watched meanwhile is not among the marks.
    const looked = new Map(watched)
    const marks = await readMarks(database, [...looked.keys()])
    for (const [id, each] of looked) {
      const mark = markOf(id, marks)
      // Without a mark nobody has read anything yet.
      if (each.mark === undefined || each.mark === mark) continue
      each.mark = mark
      for (const changed of each.watchers) changed()
    }
  }
  async function round(): Promise<void> {
    if (watched.size === 0) return
    // Looks fail while the database is down. The next one finds what has changed.
    await look().catch(() => undefined)
    if (ended.signal.aborted) return
    if (unheard) {
      arrive = false
      void listener.end({ timeout: 0 })
      listener = listen(options, hear, ask)
    } else ask()
  }
  function repeat(): void {
    if (ended.signal.aborted) return
    timer = setTimeout(() => void round().then(repeat), arrive ? every.hinted : every.unhinted)
    timer.unref()
  }
  repeat()
  return {
    ended: ended.signal,
    watch(id, changed) {
      const each = watched.get(id) ?? begin(id)
      each.watchers.add(changed)
      return {
        begun: each.begun,
        end() {
          each.watchers.delete(changed)
          if (each.watchers.size === 0 && watched.get(id) === each) watched.delete(id)
        },
      }
    },
    async close() {
      ended.abort()
      clearTimeout(timer)
      await listener.end({ timeout: 1 })
    },
  }
}

const markOf = (id: string, marks: Map<string, string>) => marks.get(id) ?? 'none'

/** Calls `listening` each time it begins to listen. The driver does that again after a lost connection. */
function listen({ url, name }: FeedOptions, hear: (payload: string) => void, listening: () => void): Database {
  const sql = openDatabase(url, { name: `${name}, listener`, max: 1 })
  sql.listen(channel, hear, listening).catch(() => undefined)
  return sql
}
