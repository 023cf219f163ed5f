import type { GatewayName } from '../../domain/lifecycle.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import type { Sql } from '../database/database.ts'

export interface ReceivedEvent extends GatewayAccount {
  id: string
  type: string
  objectId: string | null
}

/** Returns whether an event was already processed. Events can arrive twice and out of order. */
export async function wasProcessed(sql: Sql, { accountId }: GatewayAccount, id: string): Promise<boolean> {
  const rows = await sql`
    select 1 from gateway_events where account_id = ${accountId} and id = ${id}`
  return rows.length > 0
}

/** Returns those of these events of an account that were already processed. */
export async function listProcessed(sql: Sql, { accountId }: GatewayAccount, ids: string[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`
    select id from gateway_events where account_id = ${accountId} and id = any(${ids})`
  return new Set(rows.map(({ id }) => id))
}

/** Records that an event is processed: `done`, or `dead` if its object is ours but unknown here. */
export async function recordProcessed(sql: Sql, event: ReceivedEvent, state: 'done' | 'dead'): Promise<void> {
  await sql`
    insert into gateway_events (account_id, environment, gateway, id, type, object_id, state)
    values (${event.accountId}, ${event.environment}, ${event.gateway}, ${event.id}, ${event.type}, ${event.objectId},
      ${state})
    on conflict do nothing`
}

/** Why an event was rejected: `forged` or unreadable; or apparently genuine, and an operator must act. */
export type RejectedEvent = 'forged' | 'not_trusted' | 'other_version'

/** Counts a rejected event by day and reason. */
export async function countRejected(sql: Sql, gateway: GatewayName, reason: RejectedEvent): Promise<void> {
  const one = (of: RejectedEvent) => (reason === of ? 1 : 0)
  await sql`
    insert into refused_gateway_events as r (gateway, day, count, not_trusted, other_version)
    values (${gateway}, current_date, ${one('forged')}, ${one('not_trusted')}, ${one('other_version')})
    on conflict (gateway, day) do update set count = r.count + excluded.count,
      not_trusted = r.not_trusted + excluded.not_trusted, other_version = r.other_version + excluded.other_version`
}
