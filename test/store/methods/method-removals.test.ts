import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installationAccount } from '../../../domain/reference.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { holderOf } from '../../../store/methods/method-holders.ts'
import { claimRemoval, claimUnfinished, finishRemoval } from '../../../store/methods/method-removals.ts'
import { storeMethod } from '../../../store/methods/own-methods.ts'
import { recordPaid } from '../../../store/payments/outcomes.ts'
import type { MethodUser, SavedMethodToken } from '../../../store/methods/saved-method.ts'
import { submitPayment } from '../../../store/payments/submissions.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// A removal is claimed only while nobody else holds the method, and nobody takes a method whose removal is claimed.
// Tried with transactions that meet in PostgreSQL.

const account = installationAccount('sandbox', 'paypal')
let world: World
let leaver: MethodUser
let taker: MethodUser
let round = 0
beforeAll(async () => {
  world = await createWorld({ worker: false })
  const { org_id, brand_id, secret_key, item_id } = world.seeds.other_org
  leaver = await opened()
  taker = await opened({ api_key: secret_key, org_id, brand_id, bi_id: item_id })
})
afterAll(() => world.close())

async function opened(extra?: object): Promise<MethodUser> {
  const { bc } = await world.openSetup(undefined, extra)
  const [reference] = await world.sql<MethodUser[]>`
    select environment, organization_id, billing_customer_id, id as onboarding_id from onboardings
    where billing_customer_id = ${bc}`
  return reference!
}

/** The leaver's attempt is over and had a new method; the taker's is open. Answers the method. */
async function freshMethod(): Promise<SavedMethodToken> {
  const methodId = `token_${++round}`
  await world.sql`delete from charges`
  await world.sql`delete from payment_objects`
  await world.sql`delete from payment_attempts`
  await world.sql`update billing_customers set payment_method_id = null`
  await addAttempt(leaver, { state: 'declined', methodId })
  return { ...account, methodId }
}

async function addAttempt({ onboardingId }: MethodUser, { state = 'open', methodId = null as string | null }) {
  await world.sql`
    insert into payment_attempts (onboarding_id, number, environment, link_version, source, gateway, reference,
      single_use,
      amount, currency, state, closed_at, method_id)
    values (${onboardingId}, 1, 'sandbox', 1, 'page', 'paypal', ${`setup_${onboardingId}_${round}`}, true, 1500, 'USD',
      ${state},
      ${state === 'open' ? null : new Date()}, ${methodId})`
}

async function addObject(
  { onboardingId }: MethodUser,
  kind: 'payment' | 'setup',
  state: string,
  methodId: string | null,
) {
  await world.sql`
    insert into payment_objects (onboarding_id, k, environment, kind, gateway, gateway_customer_id, object_id, amount,
      currency, state,
      method_id, method_ours)
    values (${onboardingId}, 1, 'sandbox', ${kind}, 'paypal', 'cus_g', ${`object_${onboardingId}_${round}`}, 1500,
      'USD', ${state},
      ${methodId}, true)`
}

type Token = Awaited<ReturnType<typeof freshMethod>>

/** Ways to take a method: each answers whether it was taken. */
const takings: Record<string, { prepare(): Promise<unknown>; take(token: Token): Promise<boolean> }> = {
  'what a customer approved': {
    prepare: () => addAttempt(taker, {}),
    take: async ({ methodId }) => (await storeMethod(world.sql, taker, 1, methodId)) === 'kept',
  },
  'what a caller brings': {
    prepare: async () => {},
    take: async ({ methodId }) => {
      const { accepted } = await submitPayment(
        world.sql,
        taker,
        { source: 'api', ...account, reference: methodId, singleUse: false },
        builtInSettings,
      )
      return accepted
    },
  },
  'what is saved only': {
    prepare: async () => {
      await addAttempt(taker, {})
      await addObject(taker, 'setup', 'open', null)
    },
    take: async ({ methodId }) =>
      (await recordPaid(world.sql, taker, 1, { id: methodId, label: 'PayPal' })) !== 'method_removed',
  },
}

test.each(Object.keys(takings))('%s, while another removes it: one of the two, whichever comes first', async (what) => {
  const { prepare, take } = takings[what]!
  const outcomes = { taken: 0, removed: 0 }
  for (let i = 0; i < 60; i++) {
    const token = await freshMethod()
    await prepare()
    // The first two rounds are in order, each in one of them, so that both outcomes occur on any machine.
    const [removalAt, takingAt] = [i === 0 ? 500 : Math.random() * 3, i === 1 ? 500 : Math.random() * 3]
    const [removal, taken] = await Promise.all([
      sleep(removalAt).then(() => claimRemoval(world.sql, token, { ...leaver, attempt: 1 }, true)),
      sleep(takingAt).then(() => take(token)),
    ])
    expect([removal !== undefined, taken]).toContain(true)
    expect(removal !== undefined && taken).toBe(false)
    expect(await holderOf(world.sql, token, leaver)).toBe(taken ? 'other' : undefined)
    outcomes[taken ? 'taken' : 'removed']++
  }
  expect(Math.min(outcomes.taken, outcomes.removed)).toBeGreaterThan(0)
})

test('two that use it and are undone concurrently: the second of them removes it', async () => {
  for (let i = 0; i < 40; i++) {
    const token = await freshMethod()
    for (const owner of [leaver, taker]) await addObject(owner, 'payment', 'paid', token.methodId)
    await world.sql`update onboardings set closing = 'canceled', closing_by = 'test'`
    const removals = await Promise.all([leaver, taker].map((owner) => claimRemoval(world.sql, token, owner, true)))
    expect(removals.filter(Boolean)).toHaveLength(1)
  }
  await world.sql`update onboardings set closing = null, closing_by = null`
})

test('two copies of a rollback get the same removal, even after it was done', async () => {
  const token = await freshMethod()
  const undone = { ...leaver, attempt: 1 }
  const claim = () => claimRemoval(world.sql, token, undone, true)
  const removing = expect.objectContaining({
    ...token,
    state: 'removing',
    onboardingId: leaver.onboardingId,
    removalNumber: 0,
  })
  expect(await Promise.all([claim(), claim(), claim()])).toEqual([removing, removing, removing])
  await Promise.all([finishRemoval(world.sql, token, undone), finishRemoval(world.sql, token, undone)])
  expect(await claim()).toMatchObject({ state: 'removed' })
  const [attempt] = await world.sql`select method_gone_at from payment_attempts where method_id = ${token.methodId}`
  expect(attempt!.methodGoneAt).not.toBeNull()
  expect(await claimUnfinished(world.sql, -1, 100)).not.toContainEqual(expect.objectContaining(token))
})

test('what the service did not save stays, and is only released', async () => {
  const token = await freshMethod()
  expect(await claimRemoval(world.sql, token, { ...leaver, attempt: 1 }, false)).toBeUndefined()
  expect(await world.sql`select 1 from method_removals where method_id = ${token.methodId}`).toHaveLength(0)
  const [attempt] = await world.sql`select method_gone_at from payment_attempts where method_id = ${token.methodId}`
  expect(attempt!.methodGoneAt).not.toBeNull()
})

test.each(['pending', 'active', 'suspended'])('a %s customer that uses it keeps it while it counts', async (status) => {
  const token = await freshMethod()
  await world.sql`
    update billing_customers set payment_method_id = ${token.methodId}, status = ${status}, gateway = 'paypal'
    where id = ${taker.billingCustomerId}`
  expect(await holderOf(world.sql, token, leaver)).toBe('other')
  await world.sql`update onboardings set result = 'canceled', ended_at = now(), wake_at = null
    where id = ${taker.onboardingId}`
  expect(await holderOf(world.sql, token, leaver)).toBe(status === 'pending' ? undefined : 'other')
  await world.sql`update onboardings set result = null, ended_at = null, wake_at = now()
    where id = ${taker.onboardingId}`
  await world.sql`update billing_customers set status = 'pending'`
})

test('a late rollback of an onboarding that continues after all removes nothing', async () => {
  const token = await freshMethod()
  await addObject(leaver, 'payment', 'paid', token.methodId)
  expect(await claimRemoval(world.sql, token, leaver, true)).toBeUndefined()
  await world.sql`update billing_customers set status = 'active', payment_method_id = ${token.methodId}
    where id = ${leaver.billingCustomerId}`
  expect(await claimRemoval(world.sql, token, leaver, true)).toBeUndefined()
  const [row] = await world.sql`select payment_method_id from billing_customers where id = ${leaver.billingCustomerId}`
  expect(row!.paymentMethodId).toBe(token.methodId)
  await world.sql`update billing_customers set status = 'pending'`
})

test('another attempt of the same onboarding with the same method keeps it', async () => {
  const token = await freshMethod()
  await addObject(leaver, 'payment', 'paid', token.methodId)
  expect(await claimRemoval(world.sql, token, { ...leaver, attempt: 1 }, true)).toBeUndefined()
  await world.sql`update onboardings set closing = 'canceled', closing_by = 'test' where id = ${leaver.onboardingId}`
  expect(await claimRemoval(world.sql, token, leaver, true)).toMatchObject({ state: 'removing' })
  await world.sql`update onboardings set closing = null, closing_by = null`
})
