import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase, type Database } from '../database/database.ts'

// A hint says that the record of a billing customer has changed. It saves a wait, and nothing depends on it: it is sent
// after the commit, so it can be lost. In the transaction it would cut commits to a third, because PostgreSQL lets only
// one transaction with a notification commit at a time (docs/decisions/0039-live-progress.md).

export const channel = 'billing_customer_changed'

/** Milliseconds between two batches of hints. */
const pause = 20
const mostInBatch = 500
/** Hints beyond these are dropped, as while PostgreSQL is down. */
const mostWaiting = 10_000

export interface Hints {
  send(payload: string): void
  close(): Promise<void>
}

/** Returns a sender of hints, on a connection of its own. The first one is sent at once, others wait for a batch. */
export function openHints(url: string, name: string): Hints {
  const sql = openDatabase(url, { name: `${name}, hints`, max: 1, statementTimeout: 2_000 })
  const waiting = new Set<string>()
  let sending: Promise<void> | undefined

  async function sendAll(): Promise<void> {
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, mostInBatch)
      for (const payload of batch) waiting.delete(payload)
      await notify(sql, batch).catch(() => undefined)
      await sleep(pause)
    }
    sending = undefined
  }
  return {
    send(payload) {
      if (waiting.size < mostWaiting) waiting.add(payload)
      sending ??= sendAll()
    },
    async close() {
      waiting.clear()
      await sending
      await sql.end({ timeout: 1 })
    },
  }
}

/** Nobody waits until it is on disk: after a crash of PostgreSQL there is nobody to hear it. */
const notify = (sql: Database, payloads: string[]) => sql`
  select set_config('synchronous_commit', 'off', true), count(pg_notify(${channel}, payload))
  from unnest(${payloads}::text[]) as t (payload)`
