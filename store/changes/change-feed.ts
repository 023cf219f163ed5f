import { randomUUID } from 'node:crypto'
import { openDatabase, type Database } from '../database/database.ts'
import { channel, type Hints } from './hints.ts'
import { readMarks } from './read-marks.ts'

/** Tells when the record of a billing customer may have changed: at once by hints, otherwise by looking. */
export interface ChangeFeed {
  /** Calls `changed` whenever it may have. Another watch of the same billing customer replaces this one. */
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

interface Watched extends Watch {
  changed(): void
  /** What the last look found, or at first the read at the beginning. */
  mark?: string
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
    else watched.get(payload)?.changed()
  }
  function ask(): void {
    unheard = true
    hints.send(own)
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
      each.changed()
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
      const end = () => void (watched.get(id) === each && watched.delete(id))
      // With a mark from the beginning, the first look finds only what has changed: otherwise it would wake all at
      // once. If that fails, it counts as a change.
      const begun = readMarks(database, [id]).then(
        (marks) => void (each.mark = markOf(id, marks)),
        () => void (each.mark = 'unknown'),
      )
      const each: Watched = { changed, begun, end }
      watched.set(id, each)
      return each
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
