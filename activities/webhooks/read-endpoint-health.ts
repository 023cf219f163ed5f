import type { EndpointReference, EndpointStanding } from '../../domain/webhooks/endpoint.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { disableEndpoint, enableEndpoint, retryNow } from '../../store/webhooks/endpoint-state.ts'
import { findEndpoint } from '../../store/webhooks/find-endpoints.ts'
import { readStanding } from '../../store/webhooks/health.ts'

/** Reads an endpoint for its run; null if it was deleted. */
export const readEndpointHealth =
  ({ database }: ActivityDependencies) =>
  async (endpoint: EndpointReference): Promise<EndpointStanding | null> =>
    (await readStanding(database, endpoint)) ?? null

export type EndpointCommand = 'retryNow' | 'disable' | 'enable'

/** Applies a command that an operator sent in Temporal UI, as the API does. Returns whether it changed anything. */
export const applyEndpointCommand =
  ({ database }: ActivityDependencies) =>
  async ({ endpointId: id, ...tenant }: EndpointReference, command: EndpointCommand): Promise<'done' | 'unchanged'> => {
    const endpoint = { ...tenant, id }
    const operator = { actor: 'operator' } as const
    const changed = await database.begin(async (sql) => {
      // A run can be started by hand with the ids of two tenants.
      if (!(await findEndpoint(sql, tenant, id))) return false
      if (command === 'disable') return disableEndpoint(sql, endpoint, 'operator', operator)
      if (command === 'enable') return enableEndpoint(sql, endpoint, true, operator)
      await retryNow(sql, id)
      return true
    })
    return changed ? 'done' : 'unchanged'
  }
