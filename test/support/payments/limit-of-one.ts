import { expect } from 'vitest'
import type { World } from '../world/world.ts'

/**
 * Fills an organization's limit of one decline with a card that was declined just now, so that submissions wait for
 * their turn. Returns functions that let a minute pass for it, and that end the limit.
 */
export async function fillLimitOfOne(world: World): Promise<{ passMinute(): Promise<void>; end(): Promise<void> }> {
  const other = await world.openSetup()
  await world.sql`
    insert into payment_attempts
      (onboarding_id, number, environment, link_version, source, gateway, reference, single_use, amount, currency,
       state, code, created_at, closed_at)
    select id, 1, environment, 1, 'page', 'stripe', 'filler', true, 1500, 'USD',
      'declined', 'card_declined', now(), now()
    from onboardings where billing_customer_id = ${other.bc}`
  const set = async (declines_per_organization: number | null) =>
    expect((await world.asNative('PATCH', '/v1/settings', { declines_per_organization })).status).toBe(200)
  await set(1)
  return {
    passMinute: async () => {
      await world.sql`update payment_attempts set created_at = now() - interval '1 minute' where reference = 'filler'`
    },
    end: async () => {
      await world.sql`delete from payment_attempts where reference = 'filler'`
      await set(null)
    },
  }
}
