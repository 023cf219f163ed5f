import { idPrefixes, isIdOf } from '../text/ids.ts'
import { gatewayNames, onboardingKinds, type Closing, type Environment, type GatewayName } from '../lifecycle.ts'
import type { OnboardingKind, Result } from '../lifecycle.ts'
import type { OnboardingReference, Tenant } from '../reference.ts'
import type { RunStep } from './next-step.ts'
import type { Progress } from './progress.ts'
import type { LinkBases, RunNotes } from './run-notes.ts'
import type { Blocker } from './waits.ts'

/** The input of a run: ids only, so that a lost run can be started again from the record. */
export interface RunInput extends OnboardingReference {
  customerId: string
  n: number
  gateway: GatewayName
  /** Missing in onboardings: runs of earlier versions do not have it. */
  kind?: OnboardingKind
}

/** A run as the record has it: what is needed to start or signal it. */
export interface RecordedRun extends RunInput {
  /** Whether its workflow id is the short one (docs/decisions/0064-short-workflow-ids.md). */
  hasShortWorkflowId: boolean
}

/** A contact that can be onboarded. */
export interface Contact extends Tenant {
  customerId: string
}

/** Returns the workflow id of a run. Each contact has one run per kind: the record says with which of two ids. */
export const workflowIdOf = ({
  environment,
  organizationId,
  customerId,
  kind = 'onboarding',
  hasShortWorkflowId,
}: Contact & Pick<RecordedRun, 'kind' | 'hasShortWorkflowId'>): string =>
  hasShortWorkflowId ? `${kind}/${customerId}` : `${kind}/${environment}/${organizationId}/${customerId}`

/** Returns all workflow ids that runs of a contact have or had. */
export const workflowIdsOf = (contact: Contact): string[] =>
  [true, false].flatMap((hasShortWorkflowId) =>
    onboardingKinds.map((kind) => workflowIdOf({ ...contact, kind, hasShortWorkflowId })),
  )

const runIds = /^(?:onboarding|replacement)\/(?:(live|sandbox)\/(org_\w+)\/)?(cus_\w+)$/

/** What the workflow id of an onboarding or a replacement tells: a short one has no tenant. */
export type ContactInId = Pick<Contact, 'customerId'> & Partial<Contact>

/** Inverse of `workflowIdOf`. Returns undefined for the id of another kind of workflow. */
export function contactOf(workflowId: string): ContactInId | undefined {
  const [, environment, organizationId, customerId] = runIds.exec(workflowId) ?? []
  if (customerId === undefined) return undefined
  return organizationId ? { environment: environment as Environment, organizationId, customerId } : { customerId }
}

/** Returns whether a workflow id of an onboarding or a replacement is the short one; undefined for any other id. */
export function isShortWorkflowId(workflowId: string): boolean | undefined {
  const contact = contactOf(workflowId)
  return contact && contact.organizationId === undefined
}

/** Returns the workflow id of the run that settles a charge of an ended onboarding. */
export const moneyWorkflowId = (chargeId: string): string => `money/${chargeId}`

/** Inverse of `moneyWorkflowId`. */
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
 * Returns why the input of a run of this kind is invalid, as `field: rule`; undefined if it is valid. A run can be
 * started by hand with any JSON. It does not check that the ids exist.
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
    return `kind: must be ${kind === 'onboarding' ? 'onboarding, or omitted' : kind} for this workflow type`
  return undefined
}

/** The state of an onboarding for its run. Histories contain it, so it has only ids, codes and numbers. */
export interface RunState {
  onboardingId: string
  next: RunStep['do']
  /** Maximum sleep of the run in milliseconds, unless a signal arrives. */
  wait: number
  progress: Progress
  /** What operators see beside the progress. Workers of earlier versions return none. */
  notes?: RunNotes
  /** Where the links of the run's details lead: in its first state only. */
  links?: LinkBases
  /** Charges that are refunded although the onboarding completed: a run must follow each refund. */
  refunding?: string[]
  /** Whether it completed with unused card forms of callers: cards saved there must be removed. */
  unusedForms?: boolean
}

export type PaymentOutcome =
  | { outcome: 'paid' | 'declined' | 'void' | 'needs_customer' | 'processing' | 'nothing_to_do' }
  /** Nothing can be paid until the refund of an earlier charge succeeds (gateway), or a person acts. */
  | ({ outcome: 'blocked' } & Blocker)

export type ClosingOutcome = 'reopened' | 'closed' | 'still_open'

export interface EndResult {
  result: Result | 'not_now'
  progress: Progress
}

export type OnboardingResult = { result: 'completed' | 'superseded' } | { result: Closing }
