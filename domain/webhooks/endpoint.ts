import type { Tenant } from '../reference.ts'

export const endpointKinds = ['push', 'pull'] as const
export type EndpointKind = (typeof endpointKinds)[number]
export const endpointStatuses = ['enabled', 'disabled'] as const
export type EndpointStatus = (typeof endpointStatuses)[number]
/** `failing`: no success for 72 hours. `gone`: the receiver answered 410. */
export const disabledReasons = ['failing', 'gone', 'caller', 'operator'] as const
export type DisabledReason = (typeof disabledReasons)[number]

export const deliveryStates = ['pending', 'delivered', 'failed', 'skipped'] as const
export type DeliveryState = (typeof deliveryStates)[number]

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

/** Returns the workflow id of the run of an endpoint in trouble. */
export const endpointWorkflowId = ({ environment, organizationId, endpointId }: EndpointReference): string =>
  `webhooks/${environment}/${organizationId}/${endpointId}`
