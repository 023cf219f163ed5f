import { beforeEach, expect } from 'vitest'
import { pageWorld } from '../phone.ts'

/** What the brand says on the page. */
export const brand = {
  legal_name: 'Northwind Fitness Ltd.',
  terms_url: 'https://northwind.example/terms',
  privacy_url: 'https://northwind.example/privacy',
  support_email: 'help@northwind.example',
}

/** Returns a world whose brand names a company and its documents, and what tests of the consent need of it. */
export function consentWorld() {
  const own = pageWorld()
  const set = async (path: string, body: object) => {
    expect((await own.world.asNative('PATCH', path, body)).status).toBe(200)
  }
  beforeEach(() => set(`/v1/brands/${own.world.seeds.brand_id}`, brand))
  return {
    own,
    /** The consents of a billing customer, with the attempts that they came with. */
    rows: (bc: string) => own.world.sql`
      select c.way, c.language, c.version, c.sentences, c.address_hash, a.number
      from consents c join onboardings o on o.id = c.onboarding_id
        left join payment_attempts a on a.onboarding_id = o.id and a.reference = c.reference
      where o.billing_customer_id = ${bc} order by a.number`,
    /** Makes customers check a box during a test. */
    async withBox(during: () => Promise<void>): Promise<void> {
      await set('/v1/settings', { consent: 'checkbox' })
      try {
        await during()
      } finally {
        await set('/v1/settings', { consent: null })
      }
    },
  }
}
