import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect } from 'vitest'
import { everythingStored } from '../everything-stored.ts'
import { historiesOf } from '../histories.ts'
import { createWorld, type World } from '../world/world.ts'

export let world: World

/** Gives the file a test environment with PayPal. */
export function withCardNumbers(): void {
  beforeAll(async () => {
    world = await createWorld({ listen: true, paypal: true })
  })
  afterAll(() => world.close())
}

// A number that nothing else here uses, so that it can be looked for.
export const digits = '4539148803436467'

export const card = '4539 1488 0343 6467'
export const inArabic = card.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)))

export const holdsDigits = (text: string) =>
  text.includes(inArabic.slice(0, 9)) || text.normalize('NFKC').replace(/[^\d]/g, '').includes(digits)

export const withKey = (body: object, path: string, method = 'POST') =>
  world.request(path, {
    method,
    headers: {
      Authorization: `Bearer ${world.seeds.secret_key}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': randomUUID(),
    },
    body: JSON.stringify(body),
  })

/** Expects that no row, log, history or gateway contains the card number. */
export async function expectNothingKept(): Promise<void> {
  for (const row of await everythingStored(world.sql)) expect(holdsDigits(row), row).toBe(false)
  expect(world.logged.length).toBeGreaterThan(0)
  for (const line of world.logged) expect(holdsDigits(line), line).toBe(false)
  for (const { text } of await historiesOf(world.client, world.taskQueue)) expect(holdsDigits(text), text).toBe(false)
  for (const { body } of [await world.simulate('requests'), await world.simulatePayPal('requests')])
    expect(holdsDigits(JSON.stringify(body))).toBe(false)
}
