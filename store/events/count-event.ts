import type { EventType } from '../../domain/events/events.ts'
import { eventWritten } from '../../metrics/billing.ts'
import { afterCommit } from '../database/after-commit.ts'
import type { Sql } from '../database/database.ts'

/** Counts an event once its transaction commits. Every statement that inserts into `events` is followed by it. */
export const countEvent = (sql: Sql, type: EventType, environment: string): void =>
  afterCommit(sql, () => eventWritten(type, environment))
