import type { Sql } from '../database/database.ts'

/** Notes the call that causes work on an onboarding, a charge or a bulk onboarding. Replaces an earlier one. */
export async function noteCause(sql: Sql, subjectId: string, traceparent: string): Promise<void> {
  await sql`
    insert into traces (subject_id, traceparent) values (${subjectId}, ${traceparent})
    on conflict (subject_id) do update set traceparent = excluded.traceparent, noted_at = now()`
}

/**
 * Returns the `traceparent` of the call that caused work within the last 15 minutes. Work that is due later, such as a
 * reminder, is no part of it.
 */
export async function traceOfCause(sql: Sql, subjectId: string): Promise<string | undefined> {
  const [row] = await sql<{ traceparent: string }[]>`
    select traceparent from traces where subject_id = ${subjectId} and noted_at > now() - interval '15 minutes'`
  return row?.traceparent
}

/** Deletes what no step reads any more. */
export async function forgetTraces(sql: Sql): Promise<void> {
  await sql`delete from traces where noted_at < now() - interval '1 hour'`
}
