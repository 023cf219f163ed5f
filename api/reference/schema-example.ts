/** The part of JSON Schema that examples need. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  const?: unknown
  enum?: unknown[]
  default?: unknown
  example?: unknown
  examples?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  minimum?: number
}

const ofType: Record<string, (schema: Schema) => unknown> = {
  string: ({ format }) => (format === 'date-time' ? '2026-11-21T09:00:00Z' : 'text'),
  integer: ({ minimum }) => Math.max(1, minimum ?? 1),
  number: ({ minimum }) => Math.max(1, minimum ?? 1),
  boolean: () => true,
  null: () => null,
}

/** Returns the smallest valid value of a schema: its own example if it has one, or else the required fields. */
export function exampleOf(schema: Schema, resolve: (ref: string) => Schema): unknown {
  const inner = (part: Schema) => exampleOf(part, resolve)
  if (schema.$ref) return inner(resolve(schema.$ref))
  const said = [schema.example, schema.examples?.[0], schema.const, schema.enum?.[0], schema.default]
  const given = said.find((value) => value !== undefined)
  if (given !== undefined) return given
  const [choice] = schema.oneOf ?? schema.anyOf ?? []
  if (choice) return inner(choice)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(inner))
  const type = Array.isArray(schema.type) ? schema.type[0]! : (schema.type ?? 'object')
  if (type === 'array') return schema.items ? [inner(schema.items)] : []
  if (type !== 'object') return ofType[type]?.(schema)
  const required = (schema.required ?? []).map((name) => [name, inner(schema.properties?.[name] ?? {})])
  return Object.fromEntries(required)
}
