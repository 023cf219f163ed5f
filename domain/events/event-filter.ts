import { eventTypes } from './events.ts'

const groups = new Set(eventTypes.map((type) => `${type.split('.')[0]}.*`))
const known = new Set<string>([...eventTypes, ...groups])

/** Returns why an entry of a filter is neither a type nor a group such as `charge.*`; undefined if it is one. */
export function whyNotFilter(entry: string): string | undefined {
  if (known.has(entry)) return undefined
  const [group] = entry.split('.')
  const alike = eventTypes.find((type) => type.startsWith(`${group}.`))
  return `is not a type of event${alike ? `; ${group}.* means all of this group, such as ${alike}` : ''}`
}
