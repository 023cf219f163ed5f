import type { Sql } from './database.ts'
import { objectColumns, type PaymentObject } from './payment-rows.ts'

export type ObjectWithNews = PaymentObject & { objectId: string; newsAt: Date }

/** Open objects of the onboarding of which the gateway sent news that nobody has looked at yet. */
export async function listObjectsWithNews(sql: Sql, onboardingId: string): Promise<ObjectWithNews[]> {
  return sql<ObjectWithNews[]>`
    select ${objectColumns(sql)}, news_at from payment_objects
    where onboarding_id = ${onboardingId} and state = 'open' and object_id is not null and news_at is not null`
}

/** Writes that an object was read; news that came since then stays. */
export async function noteRead(sql: Sql, { onboardingId, k, newsAt }: ObjectWithNews): Promise<void> {
  await sql`
    update payment_objects set news_at = null where onboarding_id = ${onboardingId} and k = ${k} and date_trunc('milliseconds', news_at) <= ${newsAt}`
}
