import { readFileSync } from 'node:fs'

interface Schema {
  $ref?: string
  anyOf?: Schema[]
  type?: string
  nullable?: boolean
  enum?: unknown[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
}
type Content = { content: Record<string, { schema?: Schema }> }

interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[]
  requestBody?: Content
  responses: Record<string, Content>
}

interface Document {
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const noCall = 'is no call of the document'

/**
 * Stripe's OpenAPI document without unknown fields at any level. stripe-mock permits unknown nested parameters. The
 * document is interpreted, not compiled, because most of it is never used.
 */
export class ClosedDocument {
  readonly version: string
  private readonly operations: { pattern: RegExp; path: string; methods: Record<string, Operation> }[]
  private readonly components: Record<string, Schema>

  constructor(file: string) {
    const { info, paths, components } = JSON.parse(readFileSync(file, 'utf8')) as Document
    this.version = info.version
    this.components = components.schemas
    this.operations = Object.entries(paths)
      .map(([path, methods]) => ({ path, methods, pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`) }))
      // A fixed path takes precedence over one with an id.
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length)
  }

  /** Returns the parameters of a request that the document does not define. stripe-mock checks the values. */
  request(method: string, path: string, form: Record<string, unknown>): string[] {
    const operation = this.find(method, path)
    return operation ? this.compare(inputOf(operation, method), form, '', true) : [noCall]
  }

  /** Returns the undefined and missing fields of a response with status 200. */
  answer(method: string, path: string, body: unknown): string[] {
    const schema = this.find(method, path)?.responses['200']?.content['application/json']?.schema
    return schema ? this.compare(schema, body, '', false) : [noCall]
  }

  private find = (method: string, path: string) =>
    this.operations.find(({ pattern }) => pattern.test(path))?.methods[method.toLowerCase()]

  /** With `texts`, all values are strings, as in a form, so only names are compared. */
  private compare(given: Schema, value: unknown, at: string, texts: boolean): string[] {
    const schema = this.resolve(given)
    if (value === null && (schema.nullable || given.nullable)) return []
    if (schema.anyOf) {
      const fitting = schema.anyOf.filter((each) => fits(this.resolve(each), value, texts))
      const results = fitting.map((each) => this.compare(each, value, at, texts))
      return results.sort((a, b) => a.length - b.length)[0] ?? [`${at} has no such alternative`]
    }
    if (!fits(schema, value, texts)) return [`${at} must be ${schema.enum?.join(' or ') ?? schema.type}`]
    if (Array.isArray(value))
      return value.flatMap((each, i) => this.compare(schema.items ?? {}, each, `${at}/${i}`, texts))
    return isObject(value) ? this.compareFields(schema, value, at, texts) : []
  }

  private resolve = (schema: Schema): Schema =>
    schema.$ref ? this.components[schema.$ref.split('/').at(-1)!]! : schema

  private compareFields(schema: Schema, value: Record<string, unknown>, at: string, texts: boolean): string[] {
    const { properties = {}, required = [], additionalProperties: others = schema.properties === undefined } = schema
    const lacking = required.filter((name) => !(name in value)).map((name) => `${at}/${name} is missing`)
    const fields = Object.entries(value).flatMap(([name, field]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : others
      if (typeof known === 'object') return this.compare(known, field, `${at}/${name}`, texts)
      return known ? [] : [`${at}/${name} is unknown`]
    })
    return [...lacking, ...fields]
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Returns whether a value has the schema's type and one of its enum values. Ignores nested values. */
function fits({ type, enum: words, anyOf }: Schema, value: unknown, texts: boolean): boolean {
  if (anyOf || type === undefined) return true
  if (isObject(value)) return type === (Array.isArray(value) ? 'array' : 'object')
  if (texts) return type !== 'array' && type !== 'object'
  return typeof value === (type === 'integer' ? 'number' : type) && (!words || words.includes(value))
}

function inputOf({ parameters = [], requestBody }: Operation, method: string): Schema {
  const form = requestBody?.content['application/x-www-form-urlencoded']?.schema
  if (method !== 'GET' && form) return form
  const query = parameters.filter((parameter) => parameter.in === 'query')
  return { type: 'object', properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])) }
}
