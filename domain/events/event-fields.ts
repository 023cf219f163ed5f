import { idPrefixes, type Kind } from '../text/ids.ts'

/** The part of JSON Schema that describes a field. Every text and list is bounded, and so is the size of an event. */
export type FieldSchema =
  | { type: 'string'; maxLength: number; enum?: readonly string[] }
  | { type: 'integer' }
  | { type: 'boolean' }
  | { type: 'array'; maxItems: number; items: { type: 'string'; maxLength: number } }

/**
 * Whether a field is in the data: always, in every event since a later version (`newer`), or if its description says
 * so (`sometimes`).
 */
export type Presence = 'always' | 'newer' | 'sometimes'

/** A field of an event's data. The type of its values is that of `example`. */
export interface EventField<Value = unknown, Present extends Presence = Presence> {
  schema: FieldSchema
  nullable: boolean
  presence: Present
  description: string
  example: Value
  /** Whether its words may be about a person: erased with the customer. */
  isPersonal?: true
}

type Always<Value> = EventField<Value, 'always'>
const field = <Value>(schema: FieldSchema, description: string, example: Value): Always<Value> => ({
  schema,
  nullable: false,
  presence: 'always',
  description,
  example,
})

/** An id of this service. */
export const id = (kind: Kind, description: string): Always<string> =>
  field({ type: 'string', maxLength: 64 }, description, `${idPrefixes[kind]}_01k2…`)

/** A whole number; of an amount, in minor units. */
export const whole = (description: string, example: number): Always<number> =>
  field({ type: 'integer' }, description, example)

export const flag = (description: string): Always<boolean> => field({ type: 'boolean' }, description, false)

export const text = (maxLength: number, description: string, example: string): Always<string> =>
  field({ type: 'string', maxLength }, description, example)

/** A text that a caller, an operator or a gateway wrote, which may be about a person. */
export const personalText = (maxLength: number, description: string, example: string): Always<string> => ({
  ...text(maxLength, description, example),
  isPersonal: true,
})

/** One of these values. */
export const oneOf = <const Value extends string>(
  values: readonly [Value, ...Value[]],
  description: string,
): Always<Value> => field({ type: 'string', enum: values, maxLength: 64 }, description, values[0])

/** The names of the fields that were changed, never their values. */
export const changed = (...example: string[]): Always<string[]> =>
  field(
    { type: 'array', maxItems: 50, items: { type: 'string', maxLength: 64 } },
    'The names of the changed fields, never their values',
    example,
  )

export const nullable = <Value>(of: Always<Value>): Always<Value | null> => ({ ...of, nullable: true })

const keyId = id('apiKey', 'The API key that made the change; null if an operator made it')
/** The API key that made a change, for events that only API keys and operators cause. */
export const actorKey = { actor_key_id: nullable(keyId) }
/** The API key that caused an event, for events that others can also cause. */
export const apiKeyIfAny = {
  actor_key_id: { ...id('apiKey', 'Present if the actor is api: the key'), presence: 'sometimes' as const },
}

/** A field that is in every event of this version, but not in events from before it. */
export const newer = <Value>(of: Always<Value>): EventField<Value, 'newer'> => ({ ...of, presence: 'newer' })

/** A field that is only in some events: its description says in which. */
export const sometimes = <Value>(of: Always<Value>): EventField<Value, 'sometimes'> => ({
  ...of,
  presence: 'sometimes',
})

export type EventFields = Record<string, EventField>

/** What happened, and the fields of the event's data. */
export interface EventGuide<Fields extends EventFields = EventFields> {
  meaning: string
  data: Fields
}

export const event = <Fields extends EventFields = Record<never, never>>(
  meaning: string,
  data: Fields = {} as Fields,
): EventGuide<Fields> => ({ meaning, data })

type NamesOf<Fields extends EventFields, Present extends Presence> = {
  [Name in keyof Fields]: Fields[Name]['presence'] extends Present ? Name : never
}[keyof Fields]

/** The data of an event with these fields, as it is written. */
export type DataOf<Fields extends EventFields> = {
  [Name in NamesOf<Fields, 'always' | 'newer'>]: Fields[Name]['example']
} & { [Name in NamesOf<Fields, 'sometimes'>]?: Fields[Name]['example'] | undefined }
