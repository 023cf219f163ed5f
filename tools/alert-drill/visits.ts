import { randomUUID } from 'node:crypto'
import { untilEnded } from '../chaos/acts/customer.ts'
import { Page } from '../chaos/acts/page.ts'
import { lastTry } from '../chaos/styles.ts'
import { createCustomer } from '../upgrade-drill/people.ts'
import type { Stack } from './stack.ts'

/** A customer on the page of an onboarding. */
export interface Visit {
  billingCustomerId: string
  /** Submits a card, whatever becomes of it. */
  pay(card?: string): Promise<void>
  /** Pays until the onboarding is completed. */
  complete(card?: string): Promise<void>
}

const cardTry = (card?: string) => (card ? { ...lastTry, cards: [card] } : lastTry)

/** Opens an onboarding. */
export async function visit({ shop, caller }: Pick<Stack, 'shop' | 'caller'>): Promise<Visit> {
  const contact = randomUUID()
  const { setupUrl, billingCustomerId } = await createCustomer(shop, caller, contact)
  const page = new Page(setupUrl, shop, caller, false)
  return {
    billingCustomerId,
    pay: async (card) => page.enter(cardTry(card), await page.progress()),
    complete: (card) => untilEnded({ contact, tries: [cardTry(card)], ends: ['completed'] }, page, caller),
  }
}

/** Opens so many onboardings, a few at a time, as on a machine that does other work too. */
export async function visits(stack: Pick<Stack, 'shop' | 'caller'>, count: number): Promise<Visit[]> {
  const opened: Visit[] = []
  while (opened.length < count)
    opened.push(...(await Promise.all(Array.from({ length: Math.min(4, count - opened.length) }, () => visit(stack)))))
  return opened
}
