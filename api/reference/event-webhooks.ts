import type { OpenAPIHono } from '@hono/zod-openapi'
import { eventGuide, eventTypes } from '../../domain/events/events.ts'
import { examplePayload, payloadSchema } from '../schemas/webhook-payload.ts'

type Registry = OpenAPIHono['openAPIRegistry']

const headers = {
  'webhook-id': ['The id of the event, which is the same in every attempt', 'evt_01k2…'],
  'webhook-timestamp': ['The time of this attempt in seconds: reject what is older than 5 minutes', '1795762488'],
  'webhook-signature': [
    'v1, and the base64 of the HMAC with SHA-256 of webhook-id.webhook-timestamp.body. While a secret is ' +
      'rotated there are several, separated by spaces',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ],
} as const

/** Name of the component of a header, such as `WebhookId`. */
const componentOf = (name: string) => name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())

const responses = {
  '2XX': { description: 'Received. After any other status the event is sent again' },
  410: { description: 'The receiver no longer exists: its endpoint is disabled' },
  429: { description: 'Sent again after the seconds of Retry-After, at most an hour later' },
  503: { description: 'Sent again after the seconds of Retry-After, at most an hour later' },
}

/** Adds the `webhooks` of OpenAPI 3.1: what is sent to webhook endpoints, for each type of event. */
export function addEventWebhooks(registry: Registry): void {
  const parameters = Object.entries(headers).map(([name, [description, example]]) =>
    registry.registerComponent('parameters', componentOf(name), {
      ...{ name, in: 'header', required: true, description },
      schema: { type: 'string', example },
    }),
  )
  for (const type of eventTypes)
    registry.registerWebhook({
      method: 'post',
      path: type,
      operationId: `receive${componentOf(type.replaceAll(/[._]/g, '-'))}`,
      summary: eventGuide[type].meaning,
      security: [],
      parameters: parameters.map(({ ref }) => ref),
      request: {
        body: {
          required: true,
          content: { 'application/json': { schema: payloadSchema(type), example: examplePayload(type) } },
        },
      },
      responses,
    })
}
