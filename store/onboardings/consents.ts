import type { GivenConsent } from '../../domain/hosted-page.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Sql } from '../database/database.ts'

/** What a consent belongs to: the gateway's name for the payment method that is submitted. */
export interface ConsentTo {
  onboardingId: string
  gateway: GatewayName
  reference: string
}

/** Stores what the customer agreed to with a payment method. Agreeing to the same method again replaces it. */
export async function storeConsent(
  sql: Sql,
  { onboardingId, gateway, reference }: ConsentTo,
  { version, language, way, text, addressHash }: GivenConsent,
): Promise<void> {
  await sql`
    insert into consents (onboarding_id, gateway, reference, version, language, way, sentences, address_hash)
    values (${onboardingId}, ${gateway}, ${reference}, ${version}, ${language}, ${way}, ${text}, ${addressHash})
    on conflict (onboarding_id, gateway, reference) do update
      set version = excluded.version, language = excluded.language, way = excluded.way,
        sentences = excluded.sentences, address_hash = excluded.address_hash, given_at = clock_timestamp()`
}

/** The consent that came with the last attempt of an onboarding `o`, as JSON; null if none came with it. */
export const consentOf = (sql: Sql) => sql`
  (
    select json_build_object('version', c.version, 'language', c.language, 'way', c.way, 'text', c.sentences,
      'addressHash', c.address_hash, 'givenAt', (extract(epoch from c.given_at) * 1000)::bigint)
    from (
      select gateway, reference from payment_attempts where onboarding_id = o.id order by number desc limit 1
    ) last
    join consents c on c.onboarding_id = o.id and c.gateway = last.gateway and c.reference = last.reference
  ) as consent`
