import type {
  AttemptState,
  BillingCustomerStatus,
  BlockedOn,
  ChargeState,
  Closing,
  Environment,
  GatewayName,
  ObjectState,
  Result,
} from './lifecycle.ts'

/** What our record says of one onboarding and of what hangs on it: all that decisions and progress are made of. */
export interface OnboardingFacts {
  id: string
  environment: Environment
  organizationId: string
  customerId: string
  billingCustomerId: string
  billingCustomerStatus: BillingCustomerStatus
  n: number
  gateway: GatewayName
  /** What the initial charge would be, minor units of `currency`. `requireInitial` says whether it is made. */
  amount: number
  currency: string
  requireInitial: boolean
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
  attempts: AttemptFacts[]
  objects: ObjectFacts[]
  /** Initial charges of the billing customer that are not settled, whichever onboarding made them. */
  unsettledCharges: ChargeFacts[]
}

export interface AttemptFacts {
  number: number
  linkVersion: number
  state: AttemptState
  code: string | null
  createdAt: Date
  closedAt: Date | null
}

export interface ObjectFacts {
  k: number
  kind: 'payment' | 'setup'
  state: ObjectState
  objectId: string | null
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
    (charge) => charge.onboardingId === o.id && charge.state === 'succeeded' && charge.currency === o.currency,
  )
}

/** Money that an earlier onboarding of this billing customer took and left. */
export const leftBehind = (o: OnboardingFacts) => o.unsettledCharges.filter((charge) => charge.onboardingId !== o.id)
