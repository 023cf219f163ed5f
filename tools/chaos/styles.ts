import { seededChance, type Chance } from './chance.ts'

// How customers and callers behave, and which results are permitted for each behavior.

/** A payment try with cards or with a wallet. Their fields tell them apart. */
export type Try = CardTry | WalletTry

/** One or two cards that the customer enters, each in its own window. */
export interface CardTry {
  cards: string[]
  /** How often each card is submitted concurrently. */
  times: number
  /** The customer's response to the bank's challenge. `leave` never responds. */
  bank: 'succeed' | 'fail' | 'leave'
}

export interface WalletTry {
  /** Whether the customer approves at PayPal before coming back. */
  approves: boolean
  /** The PayPal account that approves. Default: one per customer. */
  payer?: string
}

export type End = 'completed' | 'canceled' | 'expired' | 'failed'

export interface Behavior {
  /** Attempts in order. Each follows only if the previous one did not pay. */
  tries: Try[]
  /** The permitted results. Several if the result depends on timing. */
  ends: End[]
  /** A saved method that the caller provides. No page is opened. */
  saved?: string
  /**
   * What the caller does, `after` milliseconds from when the customer starts to pay, or once the gateway has charged
   * and the response is still hidden from us.
   */
  caller?: { does: 'cancel' | 'expire' | 'withdraw'; after: number | 'charged' }
  /** Whether the customer belongs to the other organization. */
  elsewhere?: boolean
  /** The payment method that the customer enters as a replacement once active. */
  replacement?: Try
  /** What the caller does with an active customer, all at once. */
  afterwards?: Afterwards
}

export interface Afterwards {
  /** Refunds of parts of the initial charge, in minor units; `rest` is what is left. */
  refunds: (number | 'rest')[]
  /** Whether the customer is closed, and what is left of the initial charge then refunded. */
  close?: { refundInitial: boolean }
}

const good = '4242424242424242'
const other = '5555555555554444'
const declining = ['4000000000000002', '4000000000009995', '4000000000000341', '4000000000000119']
const asking = ['4000000000003220', '4000002760003184', '4000002500003155', '4000003800000446']

/** The card that finally pays after other attempts. */
export const lastTry: CardTry = { cards: [good], times: 1, bank: 'succeed' }
const wallet: WalletTry = { approves: true }
/** A payer shared by several customers, for whom PayPal keeps one payment token. */
const sharedWallet: WalletTry = { approves: true, payer: 'everybody@personal.example.com' }

const declined = (chance: Chance): CardTry => ({ ...lastTry, cards: [chance.pick(declining)] })
const challenged = (chance: Chance, bank: CardTry['bank']): CardTry => ({
  ...lastTry,
  cards: [chance.pick(asking)],
  bank,
})
const completes = (...tries: Try[]): Behavior => ({ tries, ends: ['completed'] })
const interferes = (chance: Chance, does: 'cancel' | 'expire', most: number) => ({
  does,
  after: chance.between(0, most),
})

const styles = {
  pays: () => completes(lastTry),
  declined_first: (chance: Chance) =>
    completes(...Array.from({ length: chance.between(1, 2) }, () => declined(chance)), lastTry),
  bank_asks: (chance: Chance) => completes(challenged(chance, 'succeed')),
  bank_asks_in_vain: (chance: Chance) => completes(challenged(chance, 'fail'), lastTry),
  same_token_twice: () => completes({ ...lastTry, times: 2 }),
  two_tokens_at_once: (chance: Chance) =>
    completes({ ...lastTry, cards: [good, chance.pick([good, good, ...declining, ...asking])] }),
  paypal: () => completes(wallet),
  card_then_paypal: (chance: Chance) => completes(declined(chance), wallet),
  paypal_then_card: () => completes({ approves: false }, lastTry),
  saved_method: (chance: Chance) => ({ ...completes(), saved: chance.pick(['pm_card_visa', 'pm_card_mastercard']) }),
  canceled: (chance: Chance) => ({
    tries: [challenged(chance, 'leave')],
    ends: ['canceled'],
    caller: interferes(chance, 'cancel', 3_000),
  }),
  canceled_while_paying: (chance: Chance) => ({
    tries: [chance.pick([lastTry, wallet])],
    ends: ['canceled', 'completed'],
    caller: interferes(chance, 'cancel', 2_500),
  }),
  expired: (chance: Chance) => ({
    tries: [declined(chance)],
    ends: ['expired'],
    caller: interferes(chance, 'expire', 3_000),
  }),
  expired_while_paying: (chance: Chance) => ({
    tries: [chance.pick([lastTry, wallet])],
    ends: ['expired', 'completed'],
    caller: interferes(chance, 'expire', 1_000),
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
    ...chance.pick<Pick<Behavior, 'ends' | 'caller'>>([
      { ends: ['canceled', 'completed'], caller: interferes(chance, 'cancel', 2_500) },
      { ends: ['expired', 'completed'], caller: interferes(chance, 'expire', 1_000) },
    ]),
  }),
  replaces: (chance: Chance) => ({
    ...completes(chance.pick([lastTry, wallet])),
    replacement: chance.pick([{ ...lastTry, cards: [other] }, wallet]),
  }),
  refunded_in_part: (chance: Chance) => ({
    ...completes(chance.pick([lastTry, wallet])),
    afterwards: { refunds: [chance.between(1, 700), chance.between(1, 700)] },
  }),
  refunded: (chance: Chance) => ({
    ...completes(chance.pick([lastTry, wallet])),
    afterwards: { refunds: [chance.between(1, 1_400), 'rest'] },
  }),
  closed: (chance: Chance) => ({
    ...completes(chance.pick([lastTry, wallet])),
    afterwards: { refunds: [chance.between(1, 1_400)], close: { refundInitial: chance.pick([true, false]) } },
  }),
} satisfies Record<string, (chance: Chance) => Behavior>
export type Style = keyof typeof styles

/** Number of customers of each style, out of forty-five. */
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
  refunded_in_part: 2,
  refunded: 1,
  closed: 2,
}
export const stylePack = (Object.keys(shares) as Style[]).flatMap((style) =>
  Array.from({ length: shares[style] }, () => style),
)

export const behave = (style: Style, chance: Chance): Behavior => styles[style](chance)

/** The styles that always end as completed, with a customer who is active and charged. */
export const completingPack = stylePack.filter((style) => {
  const { ends, afterwards } = behave(style, seededChance(0))
  return !afterwards && ends.every((end) => end === 'completed')
})
