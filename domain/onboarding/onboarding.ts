import type {
  AttemptState,
  BillingCustomerStatus,
  BlockedOn,
  ChargeState,
  Closing,
  GatewayName,
  ObjectState,
  OnboardingKind,
  Result,
} from '../lifecycle.ts'
import type { OnboardingReference } from '../reference.ts'

/** What our record says of one onboarding and of what hangs on it: all that decisions and progress are made of. */
export interface OnboardingFacts extends OnboardingReference {
  kind: OnboardingKind
  customerId: string
  billingCustomerStatus: BillingCustomerStatus
  n: number
  gateway: GatewayName
  /** What the initial charge would be, minor units of `currency`. `requireInitial` says whether it is made. */
  amount: number
  currency: string
  requireInitial: boolean
  /** What an operator wants charged instead; 0 waives the charge. Null where nobody does. */
  wantedAmount: number | null
  /** Whether the initial charge is returned as soon as the customer is active. */
  refundInitial: boolean
  billableItemId: string | null
  closing: Closing | null
  result: Result | null
  createdAt: Date
  linkVersion: number
  linkGivenAt: Date | null
  expiresAt: Date
  remindersSent: number
  blockedOn: BlockedOn | null
  nextRetryAt: Date | null
  endedAt: Date | null
  /** Whether the method of a replacement is the customer's already: then nothing ends it any more. */
  swapped: boolean
  attempts: AttemptFacts[]
  /**
   * Cards on the caller's forms about which a bank was asked, and that it did not decline, until they are handed in.
   */
  formCards: { sessionNumber: number; linkVersion: number }[]
  objects: ObjectFacts[]
  /** Initial charges of the billing customer that are not settled, whichever onboarding made them. */
  unsettledCharges: ChargeFacts[]
}

/** What says which onboarding it is, how it is reached and what was agreed. */
export type OnboardingBrief = Pick<
  OnboardingFacts,
  | 'onboardingId'
  | 'kind'
  | 'n'
  | 'gateway'
  | 'amount'
  | 'currency'
  | 'requireInitial'
  | 'billableItemId'
  | 'linkVersion'
>

export interface AttemptFacts {
  number: number
  linkVersion: number
  state: AttemptState
  code: string | null
  /** Whether a bank had been asked when it became void. */
  bankAsked: boolean
  /** Whether a caller's own form tried it: then it was to be saved, and nothing was to be charged. */
  onForm: boolean
  createdAt: Date
  closedAt: Date | null
}

export interface ObjectFacts {
  objectNumber: number
  kind: 'payment' | 'setup'
  gateway: GatewayName
  state: ObjectState
  objectId: string | null
  /** Whether the gateway sent news of it that nobody has looked at yet. */
  news: boolean
  amount: number
  currency: string
}

export interface ChargeFacts {
  id: string
  onboardingId: string
  state: ChargeState
  amount: number
  currency: string
  gateway: GatewayName
}

/** What this onboarding charges, in minor units; 0 where it only saves a payment method. */
export const amountDue = (o: Pick<OnboardingFacts, 'requireInitial' | 'amount'>) => (o.requireInitial ? o.amount : 0)

/** The attempt that is not closed yet, if there is one; the database admits one. */
export const openAttempt = (o: Pick<OnboardingFacts, 'attempts'>) => o.attempts.find((a) => a.closedAt === null)

/** Says whether the money (or, where nothing is due, the payment method) is ours. */
export function isPaid(o: OnboardingFacts): boolean {
  if (amountDue(o) === 0) return o.objects.some((object) => object.state === 'paid')
  return o.unsettledCharges.some(
    (charge) =>
      charge.onboardingId === o.onboardingId && charge.state === 'succeeded' && charge.currency === o.currency,
  )
}

/**
 * Versions that the setup link of one onboarding may have. A token is recognized by signing each version again, so each
 * version adds to the cost of a wrong token.
 */
export const mostLinkVersions = 100

/**
 * Whether an attempt counts against card testing: a bank was asked, and no payment came of it so far. It declined, it
 * asked the customer (and still waits, or another card came instead), or it had asked when the attempt became void.
 */
export const reachedBank = ({ state, bankAsked }: Pick<AttemptFacts, 'state' | 'bankAsked'>) =>
  state === 'declined' || state === 'abandoned' || state === 'needs_customer' || bankAsked

/**
 * Whether the newest setup link has had as many attempts that reached a bank as a link may have. The card of the
 * session `form` is not counted.
 */
export function isLinkExhausted(
  o: Pick<OnboardingFacts, 'attempts' | 'formCards' | 'linkVersion'>,
  attemptsPerLink: number,
  form?: number,
): boolean {
  const attempts = o.attempts.filter((a) => a.linkVersion === o.linkVersion && reachedBank(a))
  const onForms = o.formCards.filter((card) => card.linkVersion === o.linkVersion && card.sessionNumber !== form)
  return attempts.length + onForms.length >= attemptsPerLink
}

/** Methods that were submitted to be charged, or saved where nothing is due: all but the tries on a caller's form. */
export const submitted = (o: Pick<OnboardingFacts, 'attempts'>) => o.attempts.filter(({ onForm }) => !onForm)

/**
 * Money that an earlier onboarding of this billing customer took and left. The charge of a customer who replaces a
 * method is settled: it stays.
 */
export const leftBehind = (o: OnboardingFacts) =>
  o.kind === 'replacement' ? [] : o.unsettledCharges.filter((charge) => charge.onboardingId !== o.onboardingId)
