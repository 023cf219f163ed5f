import type {
  AttemptState,
  BillingCustomerStatus,
  BlockedOn,
  ChargeState,
  Closing,
  GatewayName,
  MethodSource,
  ObjectState,
  OnboardingKind,
  Result,
} from '../lifecycle.ts'
import type { Consent, PageOptions } from '../hosted-page.ts'
import type { OnboardingReference } from '../reference.ts'

/** Everything in the record about one onboarding. Decisions and progress depend on nothing else. */
export interface OnboardingFacts extends OnboardingReference {
  kind: OnboardingKind
  customerId: string
  /** Which workflow id its run has (`workflowIdOf`). */
  hasShortWorkflowId: boolean
  billingCustomerStatus: BillingCustomerStatus
  onboardingNumber: number
  gateway: GatewayName
  /** Amount of the initial charge in minor units of `currency`. It is charged if `requireInitial`. */
  amount: number
  currency: string
  requireInitial: boolean
  /** The amount that an operator requested instead; 0 waives the charge. Null if none did. */
  wantedAmount: number | null
  /** Whether the initial charge is refunded as soon as the customer is active. */
  refundInitial: boolean
  billableItemId: string | null
  /**
   * The initial charge that stands from before the billing customer was closed: this onboarding charges nothing. Null
   * if there is none.
   */
  standingChargeId: string | null
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
  /** For the hosted page alone: no decision depends on it, and its addresses never reach a workflow. */
  page: PageOptions
  /** That of the last attempt; null if the hosted page did not submit it. Evidence only, like `page`. */
  consent: Consent | null
  /** Whether the customer already has the method of a replacement: then it can no longer be canceled. */
  swapped: boolean
  attempts: AttemptFacts[]
  /** Cards on callers' forms that reached a bank and were not declined, until they are submitted. */
  formCards: { sessionNumber: number; linkVersion: number }[]
  objects: ObjectFacts[]
  /** Unsettled initial charges of the billing customer, of any of its onboardings. */
  unsettledCharges: ChargeFacts[]
}

/** The identity of an onboarding, its link and its terms. */
export type OnboardingBrief = Pick<
  OnboardingFacts,
  | 'onboardingId'
  | 'kind'
  | 'hasShortWorkflowId'
  | 'onboardingNumber'
  | 'gateway'
  | 'amount'
  | 'currency'
  | 'requireInitial'
  | 'billableItemId'
  | 'standingChargeId'
  | 'linkVersion'
  | 'page'
>

export interface AttemptFacts {
  number: number
  source: MethodSource
  linkVersion: number
  state: AttemptState
  code: string | null
  /** Whether it had reached a bank when it became void. */
  bankAsked: boolean
  /** Whether it was tried on a caller's form, which saves a card and charges nothing. */
  onForm: boolean
  createdAt: Date
  closedAt: Date | null
}

export interface ObjectFacts {
  objectNumber: number
  kind: 'payment' | 'setup'
  gateway: GatewayName
  accountId: string
  state: ObjectState
  objectId: string | null
  /** Whether the gateway sent an event about it that was not handled yet. */
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

/** Returns what this onboarding charges, in minor units; 0 if it only saves a payment method. */
export const amountDue = (o: Pick<OnboardingFacts, 'requireInitial' | 'amount'>) => (o.requireInitial ? o.amount : 0)

/** Returns the open attempt, if there is one. The database allows only one. */
export const openAttempt = (o: Pick<OnboardingFacts, 'attempts'>) => o.attempts.find((a) => a.closedAt === null)

/** Returns the newest attempt, if there is one. */
export const latestAttempt = (o: Pick<OnboardingFacts, 'attempts'>) =>
  o.attempts.reduce<AttemptFacts | undefined>((a, b) => (a && a.number > b.number ? a : b), undefined)

/** Returns whether the initial charge succeeded or, if nothing is due, whether the payment method was saved. */
export function isPaid(o: OnboardingFacts): boolean {
  if (amountDue(o) === 0) return o.objects.some((object) => object.state === 'paid')
  return o.unsettledCharges.some(
    (charge) =>
      charge.onboardingId === o.onboardingId && charge.state === 'succeeded' && charge.currency === o.currency,
  )
}

/**
 * Maximum number of versions of an onboarding's setup link. A token is checked by signing each version again, so each
 * adds to the cost of an invalid token.
 */
export const mostLinkVersions = 100

/**
 * Returns whether an attempt counts for the limits against card testing: it reached a bank and was not paid. The bank
 * declined, or it asked the customer, who has not responded, used another card, or let the attempt become void.
 */
export const reachedBank = ({ state, bankAsked }: Pick<AttemptFacts, 'state' | 'bankAsked'>) =>
  state === 'declined' || state === 'abandoned' || state === 'needs_customer' || bankAsked

/**
 * Returns how many more payment methods may reach a bank with the current setup link. The card of session `form` is not
 * counted. Negative if the limit was lowered.
 */
export function attemptsLeft(
  o: Pick<OnboardingFacts, 'attempts' | 'formCards' | 'linkVersion'>,
  attemptsPerLink: number,
  form?: number,
): number {
  const attempts = o.attempts.filter((a) => a.linkVersion === o.linkVersion && reachedBank(a))
  const onForms = o.formCards.filter((card) => card.linkVersion === o.linkVersion && card.sessionNumber !== form)
  return attemptsPerLink - attempts.length - onForms.length
}

/** Returns whether the current setup link has reached its maximum number of attempts that reached a bank. */
export const isLinkExhausted = (...given: Parameters<typeof attemptsLeft>) => attemptsLeft(...given) <= 0

/** Returns the attempts to pay, or to save a method if nothing is due: all except cards tried on callers' forms. */
export const submitted = (o: Pick<OnboardingFacts, 'attempts'>) => o.attempts.filter(({ onForm }) => !onForm)

/**
 * Returns unsettled charges of earlier onboardings of this billing customer, except the one that stands. A replacement
 * has none: the charge of an active customer stays.
 */
export const earlierCharges = (o: OnboardingFacts) =>
  o.kind === 'replacement'
    ? []
    : o.unsettledCharges.filter((charge) => charge.onboardingId !== o.onboardingId && charge.id !== o.standingChargeId)
