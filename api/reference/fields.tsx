import type { Schema } from './schema-example.ts'

/** The part of JSON Schema that the reference shows. */
export interface ShownSchema extends Schema {
  description?: string
  properties?: Record<string, ShownSchema>
  items?: ShownSchema
  maximum?: number
  minLength?: number
  maxLength?: number
}

const nameOf = (ref: string) => ref.split('/').at(-1)!

/** Returns the type in words, such as `array of string`. */
function typeOf(schema: ShownSchema): string {
  const { type, enum: values, items, oneOf, anyOf, format } = schema
  if (schema.$ref) return nameOf(schema.$ref)
  if (values) return values.map(String).join(' · ')
  if (schema.const !== undefined) return String(schema.const)
  const choices = oneOf ?? anyOf
  if (choices) return [...new Set(choices.map((each) => typeOf(each)))].join(' or ')
  if (items) return `array of ${typeOf(items)}`
  return `${Array.isArray(type) ? type.join(' or ') : (type ?? 'object')}${format ? ` (${format})` : ''}`
}

/** Returns the limits in words. */
function limitsOf({ minimum, maximum, maxLength, default: byDefault }: ShownSchema): string {
  const said = [
    minimum === undefined ? '' : `at least ${minimum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : `at most ${maximum}`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    byDefault === undefined ? '' : `default ${JSON.stringify(byDefault)}`,
  ]
  return said.filter(Boolean).join(', ')
}

interface FieldProps {
  name: string
  schema: ShownSchema
  required: boolean
  description?: string | undefined
}

export function Field({ name, schema, required, description = schema.description }: FieldProps) {
  const ref = schema.$ref ?? schema.items?.$ref
  const limits = limitsOf(schema)
  const inner = schema.properties ?? schema.items?.properties
  return (
    <li>
      <code class="name">{name}</code>{' '}
      <span class="type">{ref ? <a href={`#schema-${nameOf(ref)}`}>{typeOf(schema)}</a> : typeOf(schema)}</span>
      {required ? <span class="required"> required</span> : null}
      {description || limits ? (
        <p>
          {description}
          {description && limits ? '. ' : ''}
          {limits ? <small>{limits}</small> : null}
        </p>
      ) : null}
      {inner ? <Fields schema={schema.properties ? schema : schema.items!} /> : null}
    </li>
  )
}

/** The fields of an object, each with its type, limits and meaning. */
export function Fields({ schema }: { schema: ShownSchema }) {
  return (
    <ul class="fields">
      {Object.entries(schema.properties ?? {}).map(([name, each]) => (
        <Field name={name} schema={each} required={schema.required?.includes(name) ?? false} />
      ))}
    </ul>
  )
}
