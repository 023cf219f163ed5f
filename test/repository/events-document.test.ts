import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { EventField } from '../../domain/events/event-fields.ts'
import { eventGuide, eventTypes } from '../../domain/events/events.ts'

const document = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')

const when = { always: '', newer: '; absent in older events', sometimes: '; optional' }
const typeOf = ({ schema, nullable }: EventField) =>
  `${schema.type === 'array' ? 'array of strings' : schema.type}${nullable ? ' or null' : ''}`

const rowOf = (name: string, field: EventField) => {
  const values = field.schema.type === 'string' && field.schema.enum?.map((value) => `\`${value}\``).join(', ')
  return `- \`${name}\` (${typeOf(field)}${when[field.presence]}): ${field.description}${values ? `: ${values}` : ''}.`
}

/** Returns how docs/events.md describes a type, without line breaks. */
const described = eventTypes.map((type) =>
  [`### \`${type}\``, eventGuide[type].meaning]
    .concat(Object.entries(eventGuide[type].data).map(([name, field]) => rowOf(name, field)))
    .join(' '),
)

test('docs/events.md describes every type of event, with its data, as domain/events/ does', () => {
  const sections = document.split(/^(?=### )/m).slice(1)
  expect(sections.map((section) => section.replaceAll(/\s+/g, ' ').trim())).toEqual(described)
})
