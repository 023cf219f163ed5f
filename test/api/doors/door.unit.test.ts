import { z } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import type { ApiDependencies } from '../../../api/dependencies.ts'
import { door as billingIo } from '../../../api/doors/billing-io/door.ts'
import { createDoor, refusalsOf, type Door } from '../../../api/doors/door.ts'
import { door as edge } from '../../../api/doors/edge/door.ts'
import { door as flexprice } from '../../../api/doors/flexprice/door.ts'
import { door as moment } from '../../../api/doors/moment/door.ts'
import { door as native } from '../../../api/doors/native/door.ts'
import { conflict, Failure, invalid } from '../../../domain/failure/failures.ts'
import { silentLog } from '../../../runtime/log.ts'

const sixth: Door = {
  name: 'sixth',
  bases: ['/sixth', '/6th'],
  credential: (c) => c.req.header('x-key'),
  statuses: { conflict: 400, external_id_taken: 422 },
  error: {
    schema: z.object({ wrong: z.string() }),
    mediaType: 'application/problem+json',
    body: ({ message, fields: [first], reportedAs }) => ({ wrong: reportedAs ?? `${first?.param}: ${message}` }),
  },
}

const answerTo = async (thrown: Error, path = '/sixth/call') => {
  const d = { log: silentLog } as unknown as ApiDependencies
  const app = createDoor(d, sixth, [
    (routes) =>
      routes.get('/sixth/call', () => {
        throw thrown
      }),
  ])
  const answer = await app.request(path)
  return {
    status: answer.status,
    type: answer.headers.get('Content-Type'),
    retryAfter: answer.headers.get('Retry-After'),
    body: await answer.json(),
  }
}

const type = 'application/problem+json'

test.each([
  [invalid('email', 'is required'), 400, 'email: is required'],
  [conflict('parent_cycle', 'parent', 'is a child'), 400, 'parent: is a child'],
  [conflict('external_id_taken', 'external_id', 'is in use'), 422, 'external_id: is in use'],
  [new Failure('idempotency_mismatch', 'was used'), 422, 'undefined: was used'],
])('a door returns %s with its own status and body', async (failure, status, wrong) => {
  expect(await answerTo(failure)).toEqual({ status, type, retryAfter: null, body: { wrong } })
})

test('a retryable error has Retry-After, at every door', async () => {
  expect(await answerTo(new Failure('unavailable', 'try again', { retryAfter: 7 }))).toMatchObject({
    status: 503,
    retryAfter: '7',
  })
})

test('the body for a bug has the id under which it was logged, and not its message', async () => {
  expect(await answerTo(new Error('a secret'))).toEqual({
    status: 500,
    type,
    retryAfter: null,
    body: { wrong: expect.stringMatching(/^req_/) },
  })
})

test.each(['/sixth/nothing', '/6th/nothing'])('%s is an error of the door', async (path) => {
  expect(await answerTo(new Error('not called'), path)).toMatchObject({ status: 404, type })
})

test('the OpenAPI document has the error responses of a door with its schema', () => {
  const responses = refusalsOf(sixth, { 402: 'Declined', 409: 'Conflict' }) as Record<string, { description: string }>
  expect(responses[402]).toEqual({ description: 'Declined', content: { [type]: { schema: sixth.error.schema } } })
  expect(responses[409]?.description).toBe('Conflict')
  expect(responses[404]?.description).toBe('Not found')
})

test('doors have different names, under which their idempotency keys are stored', () => {
  expect([native, edge, billingIo, moment, flexprice].map(({ name }) => name)).toEqual([
    'native',
    'edge',
    'billing-io',
    'moment',
    'flexprice',
  ])
})
