import type { Schema } from './judge-types.ts'

// PayPal's schemas permit unknown fields. Here they are rejected. A schema inside an `allOf` must stay open, because it
// defines only some of the fields; the schema that uses it is closed. So each schema exists in three variants.

type Schemas = Record<string, Schema>
const branches = ['allOf', 'anyOf', 'oneOf'] as const

/** Returns definitions for ajv: `X` as published, `X.part` for composition, `X.whole` for use. */
export function definitions(schemas: Schemas): Schemas {
  return Object.fromEntries(
    Object.entries(schemas).flatMap(([name, schema]) => [
      [name, asPublished(schema)],
      [`${name}.part`, closeInside(schema, schemas)],
      [`${name}.whole`, closed({ $ref: reference(`${name}.part`) }, namesFields(schema, schemas))],
    ]),
  )
}

/** Returns a schema as used by an operation: closed for requests and responses, open for errors. */
export function forUse(schema: Schema, schemas: Schemas, isError: boolean): Schema {
  return isError ? asPublished(schema) : use(schema, schemas)
}

const reference = (name: string) => `#/$defs/${name}`
const nameOf = (ref: string) => ref.split('/').at(-1)!
const closed = (schema: Schema, close: boolean): Schema =>
  close ? { ...schema, unevaluatedProperties: false } : schema

function asPublished(schema: Schema): Schema {
  const text = JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/')
  return JSON.parse(text) as Schema
}

function use(schema: Schema, schemas: Schemas): Schema {
  if (typeof schema.$ref === 'string') return { $ref: reference(`${nameOf(schema.$ref)}.whole`) }
  return closed(closeInside(schema, schemas), namesFields(schema, schemas))
}

function closeInside(schema: Schema, schemas: Schemas): Schema {
  if (typeof schema.$ref === 'string') return { $ref: reference(`${nameOf(schema.$ref)}.part`) }
  const result: Schema = { ...schema }
  if (schema.properties) {
    const entries = Object.entries(schema.properties as Schemas)
    result.properties = Object.fromEntries(entries.map(([name, value]) => [name, use(value, schemas)]))
  }
  if (schema.items) result.items = use(schema.items as Schema, schemas)
  for (const branch of branches)
    if (schema[branch]) result[branch] = (schema[branch] as Schema[]).map((part) => closeInside(part, schemas))
  return result
}

/** Some schemas in the documents are empty, and permit anything. */
function namesFields(schema: Schema, schemas: Schemas): boolean {
  if (typeof schema.$ref === 'string') return namesFields(schemas[nameOf(schema.$ref)]!, schemas)
  if (Object.keys((schema.properties as object | undefined) ?? {}).length > 0) return true
  return branches.some((branch) =>
    ((schema[branch] as Schema[] | undefined) ?? []).some((s) => namesFields(s, schemas)),
  )
}
