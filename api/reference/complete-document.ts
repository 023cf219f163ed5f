import { readFileSync } from 'node:fs'
import { exampleOf, type Schema } from './schema-example.ts'

// Adds to the OpenAPI document what all calls of a door have in common.

interface Content {
  [type: string]: { schema: Schema; example?: unknown; examples?: object }
}
interface Response {
  description: string
  headers?: Record<string, { $ref: string }>
  content?: Content
}
interface Parameter {
  $ref?: string
  name?: string
  description?: string
  required?: boolean
  in?: string
  schema?: Schema
  example?: unknown
}
export interface Operation {
  operationId: string
  summary: string
  security?: object[]
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, Response>
}
interface Components {
  schemas: Record<string, Schema>
  parameters?: object
  headers?: object
}
export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>
  components: Components
}

/** Recorded responses to the documented requests, by operation. `npm run examples` writes the file. */
const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8')) as Record<
  string,
  { status: number; body: unknown }
>

const text = (description: string, example: string) => ({ description, schema: { type: 'string', example } })
const headers = {
  RateLimit: text(
    'The remaining calls of the key, and the seconds until the full quota is available',
    '"key";r=29999;t=60',
  ),
  'RateLimit-Policy': text('The number of calls per key within a number of seconds', '"key";q=30000;w=60'),
  'X-Request-Id': text('The id of this call, which is also in the log', 'req_0f8fad5b-d9cb-469f-a165-70867728950e'),
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1, example: 5 } },
  'WWW-Authenticate': text('How the door expects the API key', 'Bearer realm="billing-onboarding"'),
  'Idempotent-Replayed': {
    description: 'This is the response to an earlier request with the same Idempotency-Key',
    schema: { type: 'string', enum: ['true'] },
  },
}
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes the call safe to retry: for 24 hours the same key with the same body returns the first response. 1 to ' +
    '255 visible ASCII characters',
  schema: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[\\x21-\\x7e]+$',
    example: '6f1f3d0c-8b7e-4d2b-9a36-2f0f4a1c9e55',
  },
}

const isHostedPage = (path: string) => path.startsWith('/public/edge/setup-billing/')
const header = (name: keyof typeof headers) => ({ [name]: { $ref: `#/components/headers/${name}` } })

function headersOf(method: string, status: string) {
  return {
    ...header('X-Request-Id'),
    ...(/^2|429/.test(status) ? { ...header('RateLimit'), ...header('RateLimit-Policy') } : {}),
    ...(status === '401' ? header('WWW-Authenticate') : {}),
    ...(/409|429|503/.test(status) ? header('Retry-After') : {}),
    ...(method === 'post' && status.startsWith('2') ? header('Idempotent-Replayed') : {}),
  }
}

/** Adds the response for a bug, which has the schema of the door's other errors. */
function addInternalError({ responses }: Operation): void {
  const like = responses['503']?.content
  if (like) responses['500'] ??= { description: 'A bug in the service; it was logged', content: like }
}

function addDoor(method: string, operation: Operation): void {
  const named = (operation.parameters ?? []).some((p) => p.name?.toLowerCase() === 'idempotency-key')
  if (method === 'post' && !named)
    operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/IdempotencyKey' }]
  for (const [status, response] of Object.entries(operation.responses))
    response.headers = { ...headersOf(method, status), ...response.headers }
}

function addExamples(operation: Operation, resolve: (ref: string) => Schema): void {
  for (const media of Object.values(operation.requestBody?.content ?? {}))
    if (media.example === undefined && !media.examples) media.example = exampleOf(media.schema, resolve)
  const answer = answers[operation.operationId]
  const content = answer && operation.responses[answer.status]?.content
  for (const media of Object.values(content ?? {})) media.example ??= answer!.body
}

/**
 * Completes the document generated from the routes: headers, idempotency keys, status 500, calls without a key in a
 * header, and examples.
 */
export function completeDocument<D extends object>(made: D): D {
  const document = made as D & ApiDocument
  const { components } = document
  components.headers = { ...headers, ...components.headers }
  components.parameters = { ...components.parameters, IdempotencyKey: idempotencyKey }
  const resolve = (ref: string) => components.schemas[ref.split('/').at(-1)!]!
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      addInternalError(operation)
      if (!isHostedPage(path)) addDoor(method, operation)
      operation.security ??= []
      addExamples(operation, resolve)
    }
  }
  return document
}
