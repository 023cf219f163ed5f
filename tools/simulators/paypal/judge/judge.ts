import type { Ajv2019, ErrorObject } from 'ajv/dist/2019.js'
import { documentsFolder, loadDocuments } from './judge-documents.ts'
import { definitions, forUse } from './judge-schemas.ts'
import type { Document, Operation, Parameter, Schema } from './judge-types.ts'

/** A request and its response. `status` is 0 without a response. */
export interface Exchange {
  method: string
  path: string
  query: string
  headers: Record<string, string | undefined>
  body: string
  key: string | null
  /** The merchant id of the account on which the call acts. */
  account: string
  /** Whether the call names an object of another account. */
  cross_account?: boolean
  status: number
  answer?: object | undefined
}
export interface Verdict {
  valid: boolean
  violations: string[]
  note?: string
}
/** Validates a value against a schema of a document. Returns the violations. */
type Check = (schema: Schema, value: unknown, isError?: boolean) => string[]
interface Book {
  document: Document
  check: Check
}

/** Compiled documents by folder, because compiling takes a second. */
const libraries = new Map<string, Promise<Book[]>>()

/** Validates a request and its response against PayPal's OpenAPI documents. */
export async function judge(exchange: Exchange): Promise<Verdict> {
  const opened = await library()
  if (opened.length === 0)
    return { valid: true, violations: [], note: "not judged: PayPal's OpenAPI documents are not at hand" }
  const found = opened.flatMap(({ document, check }) => {
    const operation = operationOf(document, exchange)
    return operation ? [{ document, check, operation }] : []
  })[0]
  if (!found) return { valid: true, violations: [], note: 'not judged: no document describes this call' }
  const { document, check, operation } = found
  const violations = [
    ...parameters(document, operation, exchange, check),
    ...requestBody(operation, exchange, check),
    ...answer(document, operation, exchange, check),
  ]
  return { valid: violations.length === 0, violations }
}

/** The call whose response has the same schema as an event's resource, by event type. */
const resources: [type: string, path: string][] = [
  ['PAYMENT.CAPTURE.REFUNDED', '/v2/payments/refunds/{refund_id}'],
  ['PAYMENT.CAPTURE.', '/v2/payments/captures/{capture_id}'],
  ['CHECKOUT.ORDER.', '/v2/checkout/orders/{id}'],
  ['VAULT.PAYMENT-TOKEN.', '/v3/vault/payment-tokens/{id}'],
  ['CUSTOMER.DISPUTE.', '/v1/customer/disputes/{id}'],
]

/** Validates an event's envelope and resource against PayPal's documents. */
export async function judgeEvent(event: { event_type: string; resource: object }): Promise<string[]> {
  const opened = await library()
  const envelope = opened.flatMap(({ document, check }) => {
    const isOfWebhooks = '/v1/notifications/webhooks-events/{event_id}' in document.paths
    return isOfWebhooks ? check(document.components.schemas.event!, event) : []
  })
  const path = resources.find(([type]) => event.event_type.startsWith(type))?.[1]
  const about = opened.flatMap(({ document, check }) => {
    const shown = path && document.paths[path]?.get?.responses['200']?.content?.['application/json']?.schema
    return shown ? check(shown, event.resource) : []
  })
  return [...envelope, ...about.map((violation) => `resource ${violation}`)]
}

function library(): Promise<Book[]> {
  const folder = documentsFolder()
  const books = libraries.get(folder) ?? open(folder)
  libraries.set(folder, books)
  return books
}

async function open(folder: string): Promise<Book[]> {
  const documents = loadDocuments(folder)
  if (documents.length === 0) return []
  const { Ajv2019 } = await import('ajv/dist/2019.js')
  return documents.map((document) => {
    const quiet = {
      strict: false,
      allErrors: true,
      unicodeRegExp: false,
      logger: false,
      validateFormats: false,
      verbose: true,
    } as const
    return { document, check: checker(new Ajv2019(quiet), document) }
  })
}

function checker(ajv: Ajv2019, { components: { schemas } }: Document): Check {
  const $defs = definitions(schemas)
  const made = new Map<Schema, ReturnType<Ajv2019['compile']>>()
  return (schema, value, isError = false) => {
    const validate = made.get(schema) ?? ajv.compile({ ...forUse(schema, schemas, isError), $defs })
    made.set(schema, validate)
    if (validate(value)) return []
    // Reports one error for a choice, not the errors of each of its hundred branches.
    return (validate.errors ?? []).filter(({ schemaPath }) => !/\/(any|one)Of\//.test(schemaPath)).map(say)
  }
}

function say({ instancePath, message, params, keyword, data }: ErrorObject): string {
  const isChoice = keyword === 'anyOf' || keyword === 'oneOf'
  const told = isChoice ? [JSON.stringify(data)] : Object.values(params).flat()
  const detail = told.filter((value) => typeof value === 'string' && !value.startsWith('#'))
  return `${instancePath || '/'} ${message}${detail.length > 0 ? `: ${detail.join(', ')}` : ''}`
}

function operationOf({ paths }: Document, { method, path }: Exchange): Operation | undefined {
  const template = Object.keys(paths).find((each) => new RegExp(`^${each.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
  return template === undefined ? undefined : paths[template]![method.toLowerCase()]
}

function parameters(document: Document, operation: Operation, { query, headers }: Exchange, check: Check): string[] {
  const named = (operation.parameters ?? []).map((parameter) =>
    '$ref' in parameter ? document.components.parameters[parameter.$ref.split('/').at(-1)!]! : parameter,
  )
  const given = new URLSearchParams(query)
  const unknown = [...given.keys()].filter(
    (key) => !named.some(({ name, in: where }) => where === 'query' && name === key),
  )
  return [
    ...unknown.map((name) => `query ${name} is unknown`),
    ...named.flatMap((parameter) => {
      if (parameter.in === 'path') return []
      const value = parameter.in === 'header' ? headers[parameter.name.toLowerCase()] : given.get(parameter.name)
      const place = `${parameter.in} ${parameter.name}`
      if (value === undefined || value === null) return parameter.required ? [`${place} is missing`] : []
      return check(parameter.schema, typed(parameter, value)).map((violation) => `${place}: ${violation}`)
    }),
  ]
}

function typed({ schema }: Parameter, value: string): unknown {
  if (schema.type === 'integer') return Number(value)
  return schema.type === 'boolean' ? value === 'true' : value
}

function requestBody({ requestBody }: Operation, { body }: Exchange, check: Check): string[] {
  const form = requestBody?.content?.['application/x-www-form-urlencoded']?.schema
  if (form) return check(form, Object.fromEntries(new URLSearchParams(body))).map((violation) => `request ${violation}`)
  const schema = requestBody?.content?.['application/json']?.schema
  if (!schema || (body === '' && !requestBody?.required)) return body === '' ? [] : ['request: a body is not expected']
  try {
    return check(schema, JSON.parse(body)).map((violation) => `request ${violation}`)
  } catch {
    return ['request: the body is not JSON']
  }
}

function answer(document: Document, { responses }: Operation, exchange: Exchange, check: Check): string[] {
  const { status, answer } = exchange
  if (status === 0 || (status === 204 && responses['204'])) return []
  const isError = status >= 400
  const described = (responses[status] ?? responses.default)?.content?.['application/json']?.schema
  // Not every document lists statuses such as 401 and 409 for every call. The generic error schema applies then.
  const { schemas } = document.components
  const schema = described ?? (isError ? (schemas[`error_${status}`] ?? schemas.error) : undefined)
  if (!schema) return isError ? [] : [`answer: ${status} is not described`]
  return check(schema, answer, isError).map((violation) => `answer ${violation}`)
}
