/** A validation issue: the fields of the validator's issues that are used here. */
interface Finding {
  readonly code?: string | undefined
  readonly input?: unknown
  readonly expected?: unknown
  readonly values?: readonly unknown[]
  readonly origin?: unknown
  readonly minimum?: unknown
  readonly maximum?: unknown
}

const kinds: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
}

/** Returns an error message if the schema has none. The validator's own messages never reach a caller. */
export function validationMessage({ code, input, expected, values, origin, minimum, maximum }: Finding): string {
  if (input === undefined) return 'is required'
  if (code === 'invalid_type') return `must be ${kinds[String(expected)] ?? String(expected)}`
  if (code === 'invalid_value') return `must be ${values?.length === 1 ? '' : 'one of '}${values?.join(', ')}`
  if (code === 'too_small')
    return minimum === 1 && origin !== 'number' ? 'must not be empty' : `must ${limit(origin, 'least', minimum)}`
  if (code === 'too_big') return `must ${limit(origin, 'most', maximum)}`
  return 'does not have the documented form'
}

function limit(origin: unknown, end: 'least' | 'most', bound: unknown): string {
  if (origin === 'string') return `be at ${end} ${String(bound)} characters`
  return origin === 'array' ? `have at ${end} ${String(bound)} entries` : `be at ${end} ${String(bound)}`
}
