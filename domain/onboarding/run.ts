import { idPrefixes, isIdOf } from '../text/ids.ts'
import { gatewayNames, type Closing, type Environment, type GatewayName } from '../lifecycle.ts'
import type { OnboardingKind, Result } from '../lifecycle.ts'
import type { OnboardingReference, Tenant } from '../reference.ts'
import type { NextStep } from './next-step.ts'
import type { Progress } from './progress.ts'
import type { Blocker } from './waits.ts'

/** What a run is started with: ids, so that a lost one can be started again from the record. */
export interface RunInput extends OnboardingReference {
  customerId: string
  n: number
  gateway: GatewayName
  /** Left out for an onboarding, as runs that began earlier do not have it. */
  kind?: OnboardingKind
}

/** A contact that can be onboarded. */
export interface Contact extends Tenant {
  customerId: string
}

/** Workflow id of the one run per contact and kind. */
export const workflowIdOf = ({
  environment,
  organizationId,
  customerId,
  kind,
}: Contact & Pick<RunInput, 'kind'>): string => `${kind ?? 'onboarding'}/${environment}/${organizationId}/${customerId}`

/** The inverse of `workflowIdOf`; undefined for the id of another kind of workflow. */
export function contactOf(workflowId: string): Contact | undefined {
  const [kind, environment, organizationId, customerId, ...rest] = workflowId.split('/')
  const isRun = (kind === 'onboarding' || kind === 'replacement') && customerId !== undefined && rest.length === 0
  if (!isRun || !organizationId) return undefined
  return { environment: environment as Environment, organizationId, customerId }
}

/** Workflow id of the one run that settles a charge of an ended onboarding. */
export const moneyWorkflowId = (chargeId: string): string => `money/${chargeId}`

/** The inverse of `moneyWorkflowId`. */
export const chargeOf = (workflowId: string): string | undefined => /^money\/(ch_\w+)$/.exec(workflowId)?.[1]

const idFields = {
  organizationId: 'organization',
  customerId: 'customer',
  billingCustomerId: 'billingCustomer',
  onboardingId: 'onboarding',
} as const
/** The largest `integer` of PostgreSQL. */
const largestNumber = 2_147_483_647

/**
 * Returns what is wrong with the input of a run of this kind, as `field: what would be right`; undefined if nothing is.
 * A person can start a run by hand with any JSON. Whether the ids exist is another question.
 */
export function whyNotRunInput(input: unknown, kind: OnboardingKind): string | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return `input: must be an object with environment, ${Object.keys(idFields).join(', ')}, n and gateway`
  const run = input as Partial<Record<keyof RunInput, unknown>>
  if (run.environment !== 'live' && run.environment !== 'sandbox') return 'environment: must be live or sandbox'
  for (const [field, kindOfId] of Object.entries(idFields) as [keyof typeof idFields, keyof typeof idPrefixes][]) {
    const id = run[field]
    if (typeof id !== 'string' || !isIdOf(kindOfId, id))
      return `${field}: must be an id such as ${idPrefixes[kindOfId]}_…`
  }
  const { n } = run
  if (!Number.isInteger(n) || (n as number) < 1 || (n as number) > largestNumber)
    return `n: must be an integer from 1 to ${largestNumber}`
  if (!gatewayNames.includes(run.gateway as GatewayName)) return `gateway: must be ${gatewayNames.join(' or ')}`
  if ((run.kind === undefined ? 'onboarding' : run.kind) !== kind)
    return `kind: must be ${kind === 'onboarding' ? 'onboarding, or left out' : kind} for this workflow type`
  return undefined
}

/** What a look at the record tells the run. It is kept in the history: ids, codes and numbers only. */
export interface Standing {
  onboardingId: string
  next: NextStep['do']
  /** How long the run may sleep unless it is woken. Milliseconds. */
  wait: number
  progress: Progress
  /** Charges that go back although the onboarding completed: somebody must watch their refunds. */
  refunding?: string[]
  /** Set where it completed and gave out card forms that it did not come to: what they saved is to be taken back. */
  unusedForms?: boolean
}

export type PaymentOutcome =
  | { outcome: 'paid' | 'declined' | 'void' | 'needs_customer' | 'processing' | 'nothing_to_do' }
  /** Nothing can be paid until the refund of an earlier charge succeeds (gateway), or a person acts. */
  | ({ outcome: 'blocked' } & Blocker)

export type ClosingOutcome = 'reopened' | 'closed' | 'still_open'

export interface Ended {
  result: Result | 'not_now'
  progress: Progress
}

export type OnboardingResult = { result: 'completed' | 'superseded' } | { result: Closing }
