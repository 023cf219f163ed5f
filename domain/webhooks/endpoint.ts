import type { Tenant } from '../reference.ts'
import { isIdOf } from '../text/ids.ts'

export const endpointKinds = ['push', 'pull'] as const
export type EndpointKind = (typeof endpointKinds)[number]
export const endpointStatuses = ['enabled', 'disabled'] as const
export type EndpointStatus = (typeof endpointStatuses)[number]
/** `failing`: no success for 72 hours. `gone`: the receiver returned 410. */
export const disabledReasons = ['failing', 'gone', 'caller', 'operator'] as const
export type DisabledReason = (typeof disabledReasons)[number]

export const deliveryStates = ['pending', 'delivered', 'failed', 'skipped'] as const
export type DeliveryState = (typeof deliveryStates)[number]
/** The states in which deliveries of a range are sent again. Pending ones are sent anyway. */
export const redeliverableStates = ['delivered', 'failed', 'skipped'] as const
export type RedeliverableState = (typeof redeliverableStates)[number]

/** Identifies an endpoint and its owner. Histories contain it, so it holds nothing but ids. */
export interface EndpointReference extends Tenant {
  endpointId: string
}

/** Maximum number of endpoints of an organization in one environment: one event has as many deliveries. */
export const mostEndpoints = 20
/** Maximum number of secrets of an endpoint that sign at the same time. */
export const mostSecrets = 3
/** Seconds: the longest overlap of two secrets, and how long deliveries are kept. */
export const longestOverlap = 604_800
export const deliveriesKeptFor = 30 * 86_400

/** Returns the workflow id of the run of a failing endpoint. */
export const endpointWorkflowId = ({ environment, organizationId, endpointId }: EndpointReference): string =>
  `webhooks/${environment}/${organizationId}/${endpointId}`

/** Inverse of `endpointWorkflowId`. Returns undefined for the id of another kind of workflow. */
export const endpointOf = (workflowId: string): string | undefined =>
  /^webhooks\/[a-z]+\/[^/]+\/(we_\w+)$/.exec(workflowId)?.[1]

/** Returns the task queue of the steps that send to receivers. */
export const webhookQueue = (taskQueue: string): string => `${taskQueue}-webhooks`

/** Returns why the input of an endpoint's run is invalid, as `field: rule`; undefined if it is valid. */
export function whyNotEndpointReference(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return 'input: must be an object with environment, organizationId and endpointId'
  const { environment, organizationId, endpointId } = input as Record<string, unknown>
  if (environment !== 'live' && environment !== 'sandbox') return 'environment: must be live or sandbox'
  if (typeof organizationId !== 'string' || !isIdOf('organization', organizationId))
    return 'organizationId: must be an id such as org_…'
  if (typeof endpointId !== 'string' || !isIdOf('webhookEndpoint', endpointId))
    return 'endpointId: must be an id such as we_…'
  return undefined
}

/** An endpoint for its run. Histories contain it, so it has only ids, codes, times and numbers: never the URL. */
export interface EndpointStanding {
  isEnabled: boolean
  isFailing: boolean
  disabledBecause: DisabledReason | null
  /** ISO 8601. */
  failingSince: string | null
  failures: number
  /** Milliseconds until the next attempt. */
  wait: number
  lastStatus: number | null
  lastError: string | null
  /** Deliveries that wait; at most 10,000 are counted. */
  pending: number
}

/** Returns the details of an endpoint's run in Temporal UI, in Markdown. `now` is in milliseconds since the epoch. */
export function standingText(standing: EndpointStanding, now: number): string {
  const { failingSince, failures, pending, lastStatus, lastError, wait, disabledBecause, isFailing } = standing
  const count = pending >= 10_000 ? '10,000 or more' : pending
  const state = disabledBecause ? `Disabled (${disabledBecause})` : isFailing ? 'Failing' : 'Recovered'
  return [
    `**${state}**`,
    ...(failingSince ? [`Since ${failingSince}, ${failures} failed attempts`] : []),
    `Pending deliveries: ${count}`,
    ...(lastError ? [lastErrorText(lastError, lastStatus)] : []),
    ...(isFailing ? [`Next attempt: ${wait > 0 ? toSecond(now + wait) : 'now'}`] : []),
  ].join('  \n')
}

/** ISO 8601, without fractions. */
const toSecond = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`

const lastErrorText = (error: string, status: number | null) =>
  error === 'secret_unreadable'
    ? 'Nothing is sent: no key in `WEBHOOK_SECRET_KEYS` decrypts the secret or the headers of this endpoint'
    : `Last response: ${status ?? 'none'} (\`${error}\`)`
