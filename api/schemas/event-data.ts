import { z } from '@hono/zod-openapi'
import type { EventField, FieldSchema } from '../../domain/events/event-fields.ts'
import { eventGuide, type EventType } from '../../domain/events/events.ts'

/** Returns the schema of the data of this type of event, as responses and webhooks show it. */
export const eventDataSchema = (type: EventType) =>
  z.object(Object.fromEntries(Object.entries(eventGuide[type].data).map(([name, field]) => [name, fieldSchema(field)])))

function fieldSchema({ schema, nullable, presence, description, example }: EventField): z.ZodType {
  const own = plainSchema(schema)
  const shown = (nullable ? own.nullable() : own).openapi({
    description: presence === 'newer' ? `${description}. Absent in older events` : description,
    example,
  })
  return presence === 'always' ? shown : shown.optional()
}

function plainSchema(schema: FieldSchema) {
  switch (schema.type) {
    case 'string':
      return schema.enum ? z.enum(schema.enum as [string, ...string[]]) : z.string().max(schema.maxLength)
    case 'integer':
      return z.int()
    case 'boolean':
      return z.boolean()
    case 'array':
      return z.array(z.string().max(schema.items.maxLength)).max(schema.maxItems)
  }
}
