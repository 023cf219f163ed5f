import { z } from 'zod'
import { byOperator } from '../../domain/events/author.ts'
import { invalid } from '../../domain/failure/failures.ts'
import { createSealing } from '../../store/database/sealing.ts'
import { disableEndpoint, enableEndpoint, retryNow, skipCollected } from '../../store/webhooks/endpoint-state.ts'
import { listEndpoints } from '../../store/webhooks/find-endpoints.ts'
import { listTroubledEndpoints } from '../../store/webhooks/operators.ts'
import { resealAll } from '../../store/webhooks/reseal.ts'
import { command, type AdminCommand } from '../command.ts'
import { operator, option, page, tenant } from '../options.ts'
import { requireOrganization } from '../setup.ts'
import { checkSends, endpoint, requireEndpoint, shownEndpoint, shownEndpoints } from './endpoint.ts'
import { redeliverCommand } from './redeliver.ts'

/** Webhook endpoints: their health, and what an operator can do. No command shows a URL or a secret. */
export const webhookCommands: Record<string, AdminCommand> = {
  webhooks: command(
    'List the webhook endpoints of all organizations that are failing, disabled or behind; at most 100',
    {},
    async ({ database }) => ({
      rows: await shownEndpoints(database, await listTroubledEndpoints(database)),
      nextCursor: null,
    }),
  ),
  'list-webhook-endpoints': command(
    'List webhook endpoints with their health',
    { ...tenant, ...page },
    async ({ database }, { organization: organizationId, environment, ...request }) => {
      await requireOrganization(database, organizationId)
      const { rows, nextCursor } = await listEndpoints(database, { organizationId, environment }, request)
      return { rows: await shownEndpoints(database, rows), nextCursor }
    },
  ),
  'show-webhook-endpoint': command(
    'Show a webhook endpoint with its health and its number of pending deliveries',
    { endpoint },
    async ({ database }, input) => shownEndpoint(database, await requireEndpoint(database, input.endpoint)),
  ),
  'webhook-retry': command(
    'Retry a webhook endpoint now instead of at the next attempt',
    { endpoint },
    async ({ database }, input) => {
      const found = await requireEndpoint(database, input.endpoint)
      checkSends(found)
      await retryNow(database, found.id)
      return shownEndpoint(database, found)
    },
  ),
  'webhook-disable': command(
    'Disable a webhook endpoint; it collects events but none are sent',
    { endpoint, operator },
    async ({ database }, input) => {
      const found = await requireEndpoint(database, input.endpoint)
      await database.begin((sql) => disableEndpoint(sql, found, 'operator', byOperator(input.operator)))
      return shownEndpoint(database, await requireEndpoint(database, found.id))
    },
  ),
  'webhook-enable': command(
    'Enable a disabled webhook endpoint; the events that it collected are sent',
    {
      endpoint,
      'catch-up': option(z.enum(['true', 'false']).default('true'), 'true|false', 'false skips the collected events'),
      operator,
    },
    async ({ database }, { 'catch-up': catchUp, ...input }) => {
      const found = await requireEndpoint(database, input.endpoint)
      if (catchUp === 'false') await skipCollected(database, found)
      await database.begin((sql) => enableEndpoint(sql, found, catchUp === 'true', byOperator(input.operator)))
      return shownEndpoint(database, await requireEndpoint(database, found.id))
    },
  ),
  'webhook-redeliver': redeliverCommand,
  'webhook-reseal': command(
    'Encrypt the secrets and headers of all webhook endpoints with the first key of WEBHOOK_SECRET_KEYS',
    {},
    async ({ database, webhookKeys = [] }) => {
      if (webhookKeys.length === 0)
        throw invalid('WEBHOOK_SECRET_KEYS', 'is missing: set it to the keys of the API and the worker')
      const { resealed, unreadable } = await resealAll(database, createSealing(webhookKeys, 'webhook'))
      return { resealed, unreadable }
    },
  ),
}
