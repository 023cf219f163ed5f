import { z } from '@hono/zod-openapi'
import { deliveriesKeptFor, endpointKinds } from '../../../../domain/webhooks/endpoint.ts'
import {
  canonicalHeaders,
  headerLimits,
  headerProblem,
  type RequestHeaders,
} from '../../../../domain/webhooks/headers.ts'
import * as fields from '../../../schemas/fields.ts'

const mostTypes = 100
/** Types and groups of events. */
export const typeList = z
  .array(z.string())
  .min(1, 'must have at least one entry')
  .max(mostTypes, `must have at most ${mostTypes} entries`)

const headers = z
  // Values are checked after names: an error must not repeat what is no name, such as `Authorization: Bearer …`.
  .record(z.string(), z.unknown(), fields.mustBe('an object'))
  .transform((given, context) => {
    const problem = headerProblem(given)
    if (!problem) return canonicalHeaders(given as RequestHeaders)
    const { name, message } = problem
    context.addIssue({ code: 'custom', path: name === undefined ? [] : [name], message })
    return z.NEVER
  })
  .openapi({
    type: 'object',
    maxProperties: headerLimits.count,
    additionalProperties: { type: 'string', maxLength: headerLimits.value },
    description:
      'Your own request headers, such as an Authorization header for your gateway. They are stored encrypted and ' +
      'never returned. Headers that the service sets itself are rejected',
    example: { Authorization: 'Bearer …' },
  })

const changeable = {
  url: z.string().openapi({ example: 'https://crm.example/hooks' }),
  description: fields.description(255, 'CRM'),
  types: typeList
    .nullable()
    .openapi({ description: 'Types of events, or groups such as charge.*; null for all', example: ['charge.*'] }),
}

export const createRequest = z
  .strictObject({
    kind: z
      .enum(endpointKinds)
      .default('push')
      .openapi({ description: 'push: events are sent to the URL. pull: you fetch them' }),
    url: changeable.url.optional().openapi({ description: 'Required for push endpoints' }),
    idle_timeout_seconds: z
      .number(fields.mustBe('a whole number of seconds'))
      .int('must be a whole number of seconds')
      .min(60, 'must be at least 60')
      .max(deliveriesKeptFor, `must be at most ${deliveriesKeptFor}`)
      .optional()
      .openapi({
        description: `Pull endpoints only: deleted if not pulled for this long. Default: ${deliveriesKeptFor}`,
      }),
    description: changeable.description.optional(),
    types: changeable.types.optional(),
    headers: headers.optional(),
    secret: z.string().optional().openapi({
      description: 'Your own secret: whsec_ and the base64 of 24 to 64 bytes. Omit it to generate one',
    }),
  })
  .openapi('CreateWebhookEndpoint', { example: { url: 'https://crm.example/hooks', types: ['charge.*'] } })

export const updateRequest = z
  .strictObject({
    url: changeable.url.optional(),
    description: changeable.description.optional(),
    types: changeable.types.optional(),
    headers: headers.optional(),
  })
  .openapi('UpdateWebhookEndpoint', { example: { types: null } })
