import type { World } from '../world/world.ts'

/**
 * Makes the database reject payments of an onboarding, so that an operator is needed: `step_failed`. Returns a function
 * that removes the cause.
 */
export async function rejectPayments(world: World, onboardingId: string): Promise<() => Promise<void>> {
  await world.sql.unsafe(`
    create function reject_row() returns trigger language plpgsql as $$ begin raise exception 'rejected'; end $$;
    create trigger reject_row before insert on payment_objects
      for each row when (new.onboarding_id = '${onboardingId}') execute function reject_row();`)
  return async () => {
    await world.sql.unsafe('drop trigger reject_row on payment_objects; drop function reject_row()')
  }
}
