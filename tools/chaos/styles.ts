import { seededChance, type Chance } from './chance.ts'

// How customers and callers behave, and how an onboarding may end that way.

/** A card in one window or two, or a wallet; which of the two is seen by its fields. */
export type Try = CardTry | WalletTry

/** One time that the customer enters something: one card, or two in two windows at once. */
export interface CardTry {
  cards: string[]
  /** How often each is handed in, at once. */
  times: number
  /** What the customer answers where the bank asks; `leave`: nothing, ever. */
  bank: 'succeed' | 'fail' | 'leave'
}

export interface WalletTry {
  /** Whether the customer approves at PayPal before coming back. */
  approves: boolean
  /** Whose PayPal account approves; each has its own unless said. */
  payer?: string
}

export type End = 'completed' | 'canceled' | 'expired' | 'failed'

export interface Behaviour {
  /** In this order, each where the one before did not pay. */
  tries: Try[]
  /** How it may end: two where it depends on who is faster. */
  ends: End[]
  /** A saved method that the caller brings: nobody opens the page. */
  saved?: string
  /** What the caller does, so long (milliseconds) after the customer began to pay, or when the money has moved and nobody here knows. */
  caller?: { does: 'cancel' | 'expire' | 'withdraw'; after: number | 'charged' }
  /** Whether it is a customer of the other organization. */
  elsewhere?: boolean
  /** What the customer enters in place of what was paid with, once active. */
  replacement?: Try
}

const good = '4242424242424242'
const other = '5555555555554444'
const declining = ['4000000000000002', '4000000000009995', '4000000000000341', '4000000000000119']
const asking = ['4000000000003220', '4000002760003184', '4000002500003155', '4000003800000446']

/** The card that pays in the end, whatever happened before. */
export const lastTry: CardTry = { cards: [good], times: 1, bank: 'succeed' }
const wallet: WalletTry = { approves: true }
/** One payer of several customers, for whom PayPal keeps one payment token. */
const sharedWallet: WalletTry = { approves: true, payer: 'everybody@personal.example.com' }

const declined = (chance: Chance): CardTry => ({ ...lastTry, cards: [chance.pick(declining)] })
const asked = (chance: Chance, bank: CardTry['bank']): CardTry => ({ ...lastTry, cards: [chance.pick(asking)], bank })
const completes = (...tries: Try[]): Behaviour => ({ tries, ends: ['completed'] })
const meddled = (chance: Chance, does: 'cancel' | 'expire', most: number) => ({ does, after: chance.between(0, most) })

const styles = {
  pays: () => completes(lastTry),
  declined_first: (chance: Chance) =>
    completes(...Array.from({ length: chance.between(1, 2) }, () => declined(chance)), lastTry),
  bank_asks: (chance: Chance) => completes(asked(chance, 'succeed')),
  bank_asks_in_vain: (chance: Chance) => completes(asked(chance, 'fail'), lastTry),
  same_token_twice: () => completes({ ...lastTry, times: 2 }),
  two_tokens_at_once: (chance: Chance) =>
    completes({ ...lastTry, cards: [good, chance.pick([good, good, ...declining, ...asking])] }),
  paypal: () => completes(wallet),
  card_then_paypal: (chance: Chance) => completes(declined(chance), wallet),
  paypal_then_card: () => completes({ approves: false }, lastTry),
  saved_method: (chance: Chance) => ({ ...completes(), saved: chance.pick(['pm_card_visa', 'pm_card_mastercard']) }),
  canceled: (chance: Chance) => ({
    tries: [asked(chance, 'leave')],
    ends: ['canceled'],
    caller: meddled(chance, 'cancel', 3_000),
  }),
  canceled_while_paying: (chance: Chance) => ({
    tries: [chance.pick([lastTry, wallet])],
    ends: ['canceled', 'completed'],
    caller: meddled(chance, 'cancel', 2_500),
  }),
  expired: (chance: Chance) => ({
    tries: [declined(chance)],
    ends: ['expired'],
    caller: meddled(chance, 'expire', 3_000),
  }),
  expired_while_paying: (chance: Chance) => ({
    tries: [chance.pick([lastTry, wallet])],
    ends: ['expired', 'completed'],
    caller: meddled(chance, 'expire', 1_000),
  }),
  canceled_when_charged: (chance: Chance) => ({
    tries: [chance.pick([lastTry, wallet])],
    ends: ['canceled', 'completed'],
    caller: { does: 'cancel', after: 'charged' },
  }),
  withdrawn_when_charged: (chance: Chance) => ({
    tries: [chance.pick([lastTry, wallet])],
    ends: ['failed', 'completed'],
    caller: { does: 'withdraw', after: 'charged' },
  }),
  same_payer: (chance: Chance) => ({ ...completes(sharedWallet), elsewhere: chance.pick([true, false]) }),
  same_payer_undone: (chance: Chance) => ({
    tries: [sharedWallet],
    elsewhere: chance.pick([true, false]),
    ...chance.pick<Pick<Behaviour, 'ends' | 'caller'>>([
      { ends: ['canceled', 'completed'], caller: meddled(chance, 'cancel', 2_500) },
      { ends: ['expired', 'completed'], caller: meddled(chance, 'expire', 1_000) },
    ]),
  }),
  replaces: (chance: Chance) => ({
    ...completes(chance.pick([lastTry, wallet])),
    replacement: chance.pick([{ ...lastTry, cards: [other] }, wallet]),
  }),
} satisfies Record<string, (chance: Chance) => Behaviour>
export type Style = keyof typeof styles

/** How often each comes, of forty. */
const shares: Record<Style, number> = {
  pays: 5,
  declined_first: 3,
  bank_asks: 2,
  bank_asks_in_vain: 1,
  same_token_twice: 1,
  two_tokens_at_once: 2,
  paypal: 4,
  card_then_paypal: 2,
  paypal_then_card: 2,
  saved_method: 3,
  canceled: 2,
  canceled_while_paying: 2,
  expired: 1,
  expired_while_paying: 2,
  canceled_when_charged: 1,
  withdrawn_when_charged: 1,
  same_payer: 2,
  same_payer_undone: 2,
  replaces: 2,
}
export const stylePack = (Object.keys(shares) as Style[]).flatMap((style) =>
  Array.from({ length: shares[style] }, () => style),
)

export const behave = (style: Style, chance: Chance): Behaviour => styles[style](chance)

/** Of these each ends as completed: nobody cancels, and no link expires. */
export const completingPack = stylePack.filter((style) =>
  behave(style, seededChance(0)).ends.every((end) => end === 'completed'),
)
