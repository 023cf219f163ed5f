import { expect, test } from 'vitest'
import {
  withOrganizationAtLimit,
  world,
  contacts,
  declined,
  duringPause,
  pass,
  queued,
  reachLimit,
  submitFrom,
  type Contact,
} from '../../support/payments/organization-at-limit.ts'
import { until } from '../../support/until.ts'

// Whose turn it is: known and new contacts alternate, and addresses take turns.

withOrganizationAtLimit()

test('a contact from before the limit has every second turn, without a declined card of its own', async () => {
  const [known] = await contacts(1, '4242424242424242')
  await reachLimit()
  const others = await contacts(12, declined)
  const turns: string[] = []
  await world.sql`update customers set created_at = created_at - interval '1 hour'
    where id = (select customer_id from billing_customers where id = ${known!.bc})`
  for (let turn = 0; turn < 4; turn++) {
    for (const contact of [...others, known!]) {
      if (turns.includes(contact.bc)) continue
      const { status } = await contact.submit()
      if (status !== 202) continue
      turns.push(contact.bc)
      await until(async () => !(await contact.page.progress()).body.paying)
    }
    await pass(12)
  }
  expect(turns.slice(0, 3)).toContain(known!.bc)
  expect(await world.ended(known!.bc)).toBe('completed')
  // Whoever had a decline waits among the new ones.
  const [one] = await queued()
  await world.sql`update customers set created_at = created_at - interval '1 hour'`
  const tried = others.find(({ bc }) => turns.includes(bc))!
  await tried.page.submitCard(declined)
  const rows = await world.sql<{ isKnown: boolean }[]>`
    select is_known from admission_queue where billing_customer_id in (${tried.bc}, ${one!.billingCustomerId})`
  expect(rows.map(({ isKnown }) => isKnown)).toEqual(Array(rows.length).fill(false))
})

test('many contacts of one address do not hold up a customer of another', async () => {
  await reachLimit()
  const crowd = await contacts(8, declined, '203.0.113.66')
  const [good] = await contacts(1, '4242424242424242')
  let admitted = Infinity
  for (let turn = 0; turn < 3 && admitted === Infinity; turn++) {
    for (const { submit, page } of crowd)
      if ((await submit()).status === 202) await until(async () => !(await page.progress()).body.paying)
    if ((await good!.submit()).status === 202) admitted = turn
    await pass(12)
  }
  expect(admitted).toBeLessThan(3)
})

/** Takes the turn that is free when the limit is reached, so that everybody after it has to wait. */
async function takeFirstTurn(): Promise<void> {
  const [starter] = await contacts(1, declined)
  await takeTurn(starter!)
}

async function takeTurn({ submit, page }: Contact): Promise<void> {
  expect((await submit()).status).toBe(202)
  await until(async () => !(await page.progress()).body.paying)
}

/** Asks again with a token that costs nothing. */
async function askAgain({ page }: Contact, address: string): Promise<void> {
  expect((await submitFrom(page, 'ctoken_made_up', address)).status).toBe(429)
}

test('a question from another address does not give an address the turns that it has had', async () => {
  await reachLimit()
  await takeFirstTurn()
  const [first, second] = (await contacts(2, declined, '198.51.100.1')) as [Contact, Contact]
  const [good] = (await contacts(1, '4242424242424242', '198.51.100.2')) as [Contact]
  await duringPause(async () => {
    for (const { submit } of [first, second, good]) expect((await submit()).status).toBe(429)
  })
  await pass(12)
  await takeTurn(first)
  await askAgain(first, '198.51.100.3')
  await pass(12)
  expect((await second.submit()).status).toBe(429)
  expect((await good.submit()).status).toBe(202)
})

test('a known contact that asks again after its turn does not give the next one to a known contact', async () => {
  await reachLimit()
  await takeFirstTurn()
  const known = (await contacts(2, declined)) as [Contact, Contact]
  const [fresh] = (await contacts(1, '4242424242424242')) as [Contact]
  await world.sql`
    update customers set created_at = created_at - interval '1 hour'
    where id in (select customer_id from billing_customers where id = any(${known.map(({ bc }) => bc)}))`
  await duringPause(async () => {
    for (const { submit } of [...known, fresh]) expect((await submit()).status).toBe(429)
  })
  await pass(12)
  await takeTurn(known[0])
  await askAgain(known[0], '198.18.9.9')
  await pass(12)
  expect((await known[1].submit()).status).toBe(429)
  expect((await fresh.submit()).status).toBe(202)
})
