import { Ajv2020 } from 'ajv/dist/2020.js'
import { createApp } from '../../../api/app.ts'
import type { ApiDocument, Operation } from '../../../api/reference/complete-document.ts'
import { exampleOf, type Schema } from '../../../api/reference/schema-example.ts'
import { withoutServices } from '../../../tools/scripts/without-services.ts'
import type { Answer } from '../world/world.ts'

/** An operation of the API in its OpenAPI document. */
export interface Documented {
  method: string
  path: string
  operation: Operation
  /** The caller's credential: a key in a header or the body, or the token of a setup link. */
  credential: 'bearer' | 'x-api-key' | 'body' | 'link'
}

const app = createApp(...withoutServices)
export const document = (await (await app.request('/openapi.json')).json()) as ApiDocument & {
  components: { securitySchemes: Record<string, { type: string; in?: string; name?: string }> }
  webhooks: Record<string, Record<string, Operation>>
}

/** Method and path of every route, such as `GET /v1/customers/:id`. */
export const routes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)

function credentialOf(path: string, { security }: Operation): Documented['credential'] {
  const [scheme] = Object.keys(security?.[0] ?? {})
  if (scheme) return document.components.securitySchemes[scheme]!.type === 'apiKey' ? 'x-api-key' : 'bearer'
  return path.includes('/setup-billing/') ? 'link' : 'body'
}

export const operations: Documented[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method,
    path,
    operation,
    credential: credentialOf(path, operation),
  })),
)

const doorOf = (path: string) => /^\/(v1|billing-io|moment|flexprice|public\/edge|apis\/public\/edge)\//.exec(path)?.[1]

/** One operation with a body for each door, found by its path prefix. */
export const oneCallOfEachDoor = [
  ...new Map(
    operations
      .filter(({ credential, operation }) => credential !== 'link' && operation.requestBody)
      .map((documented) => [doorOf(documented.path), documented]),
  ),
] as [string, Documented][]

export const resolve = (ref: string) => document.components.schemas[ref.split('/').at(-1)!] as Schema
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ $id: 'doc', ...document })
const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1')

/** Returns how a response differs from the document of its operation, or undefined. */
export function undocumented({ method, path, operation }: Documented, { status, headers, body }: Answer): unknown {
  const response = operation.responses[status]
  if (!response) return `status ${status} is not documented`
  if (!response.content) return body === '' ? undefined : `a body with ${status}`
  const type = headers.get('Content-Type')?.split(';')[0] ?? ''
  if (!response.content[type]) return `${type} is not documented for ${status}`
  const pointer = ['paths', path, method, 'responses', String(status), 'content', type, 'schema'].map(escaped).join('/')
  const valid = ajv.getSchema(`doc#/${encodeURI(pointer)}`) ?? ajv.compile({ $ref: `doc#/${encodeURI(pointer)}` })
  return valid(body) ? undefined : valid.errors
}

/** Returns how the body of a webhook differs from the document of its type of event, or undefined. */
export function undocumentedWebhook(body: { type: string }): unknown {
  if (!document.webhooks[body.type]) return `${body.type} is not documented`
  const pointer = ['webhooks', body.type, 'post', 'requestBody', 'content', 'application/json', 'schema']
  const path = `doc#/${encodeURI(pointer.map(escaped).join('/'))}`
  const valid = ajv.getSchema(path) ?? ajv.compile({ $ref: path })
  return valid(body) ? undefined : valid.errors
}

/** Real values that replace those of examples, by id prefix or parameter name. */
export type Values = Record<string, string>

/** Replaces the values of an example by real ones: `bc_01k2…` by the one named `bc`. */
export function fill(example: unknown, values: Values): unknown {
  if (Array.isArray(example)) return example.map((each) => fill(each, values))
  if (example !== null && typeof example === 'object')
    return Object.fromEntries(Object.entries(example).map(([name, each]) => [name, fill(each, values)]))
  if (typeof example !== 'string') return example
  const prefix = /^(sk_test|[a-z]+)_/.exec(example)?.[1] ?? ''
  return values[prefix] ?? example
}

export interface DocumentedRequest {
  path: string
  method: string
  headers: Record<string, string>
  body?: Record<string, unknown>
  /** A file, for a call that takes one. */
  file?: { type: string; text: string }
}

/** Returns the example request of an operation with `values`, and no credential except one in the body's example. */
export function requestOf({ method, path, operation }: Documented, values: Values): DocumentedRequest {
  const request: DocumentedRequest = { method: method.toUpperCase(), path, headers: {} }
  const query = new URLSearchParams()
  for (const { name, in: place, required, schema, example } of parametersOf(operation)) {
    const value = values[name] ?? String(fill(example ?? exampleOf(schema, resolve), values))
    if (place === 'path') request.path = request.path.replace(`{${name}}`, encodeURIComponent(value))
    if (place === 'query' && (required || name in values)) query.set(name, value)
    if (place === 'header' && required) request.headers[name] = value
  }
  if (query.size > 0) request.path += `?${query}`
  const media = operation.requestBody?.content['application/json']
  if (media) request.body = fill(media.example, values) as Record<string, unknown>
  const [type, other] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  if (type && !media) request.file = { type, text: fileOf(String(other!.example), values) }
  return request
}

/** Returns the example of a file with the external id of `values`. */
const fileOf = (example: string, { usr = 'usr_12345' }: Values) => example.replaceAll('usr_12345', usr)

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: Schema
  example?: unknown
}
const parameters = document.components.parameters as Record<string, Parameter>
export const parametersOf = ({ parameters: own = [] }: Operation) =>
  own.map((each) => (each.$ref ? parameters[each.$ref.split('/').at(-1)!]! : (each as unknown as Parameter)))

/** Returns the request with a key where its door expects it, or without one if `key` is undefined. */
export function withKey(request: DocumentedRequest, credential: Documented['credential'], key: string | undefined) {
  const body = { ...request.body }
  delete body.api_key
  const headers: Record<string, string> = { ...request.headers }
  if (key !== undefined && credential === 'bearer') headers.Authorization = `Bearer ${key}`
  if (key !== undefined && credential === 'x-api-key') headers['x-api-key'] = key
  if (credential !== 'body') return { ...request, headers }
  return { ...request, headers, body: key === undefined ? body : { ...body, api_key: key } }
}

/** Returns the `fetch` options of a request. */
export const initOf = ({ method, headers, body, file }: DocumentedRequest): RequestInit => ({
  method,
  ...(file ? { body: file.text } : {}),
  headers: {
    ...(file ? { 'Content-Type': file.type } : {}),
    ...headers,
    ...(body ? { 'Content-Type': 'application/json' } : {}),
  },
  ...(body ? { body: JSON.stringify(body) } : {}),
})
