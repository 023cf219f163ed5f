import type { Schema } from './judge-types.ts'

// PayPal's schemas let any field pass. Here a field that no schema names is refused. A schema that is part of an `allOf` must
// stay open, for it names some of the fields only; the place that uses it is closed. So each schema is there three times.

type Schemas = Record<string, Schema>
const branches = ['allOf', 'anyOf', 'oneOf'] as const

/** Definitions for ajv: `X` as published, `X.part` to be composed, `X.whole` for a place that uses it. */
export function definitions(schemas: Schemas): Schemas {
  return Object.fromEntries(
    Object.entries(schemas).flatMap(([name, schema]) => [
      [name, asPublished(schema)],
      [`${name}.part`, closeInside(schema, schemas)],
      [`${name}.whole`, closed({ $ref: reference(`${name}.part`) }, namesFields(schema, schemas))],
    ]),
  )
}

/** A schema as it stands in an operation: closed for what is asked and given, open for errors. */
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

/** Some schemas are empty in the documents: they say nothing, so anything may stand there. */
function namesFields(schema: Schema, schemas: Schemas): boolean {
  if (typeof schema.$ref === 'string') return namesFields(schemas[nameOf(schema.$ref)]!, schemas)
  if (Object.keys((schema.properties as object | undefined) ?? {}).length > 0) return true
  return branches.some((branch) =>
    ((schema[branch] as Schema[] | undefined) ?? []).some((s) => namesFields(s, schemas)),
  )
}
