import { expect, test } from 'vitest'
import { eventTypes } from '../../../domain/events/events.ts'
import { document, undocumentedWebhook } from '../../support/documented/documented.ts'

test('the document has a webhook for each type of event, with the headers of Standard Webhooks', () => {
  expect(Object.keys(document.webhooks)).toEqual(eventTypes)
  for (const { post } of Object.values(document.webhooks))
    expect(post!.parameters!.map(({ $ref }) => $ref)).toEqual([
      '#/components/parameters/WebhookId',
      '#/components/parameters/WebhookTimestamp',
      '#/components/parameters/WebhookSignature',
    ])
})

test.each(eventTypes)('the example of %s is a body of its type', (type) => {
  const example = document.webhooks[type]!.post!.requestBody!.content['application/json']!.example as { type: string }
  expect(example.type).toBe(type)
  expect(undocumentedWebhook(example)).toBeUndefined()
  expect(undocumentedWebhook({ ...example, type: 'charge.unknown' })).toBeDefined()
  expect(undocumentedWebhook({ ...example, ...{ data: {} } })).toBeDefined()
})
