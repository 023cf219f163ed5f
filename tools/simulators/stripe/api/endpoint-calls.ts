import { createEndpoint, deleteEndpoint, listEndpoints, readEndpoint, updateEndpoint } from '../webhooks/endpoints.ts'
import type { Call } from './call.ts'

const path = '/v1/webhook_endpoints'

/** The calls about webhook endpoints. */
export const endpointCalls: Call[] = [
  {
    method: 'POST',
    path,
    params: ['url', 'enabled_events', 'api_version', 'connect', 'description', 'metadata', 'expand'],
    run: createEndpoint,
  },
  { method: 'GET', path, params: ['limit', 'starting_after', 'expand'], run: listEndpoints },
  { method: 'GET', path: `${path}/:id`, params: ['expand'], run: readEndpoint },
  {
    method: 'POST',
    path: `${path}/:id`,
    params: ['url', 'enabled_events', 'disabled', 'description', 'metadata', 'expand'],
    run: updateEndpoint,
  },
  { method: 'DELETE', path: `${path}/:id`, params: [], run: deleteEndpoint },
]
