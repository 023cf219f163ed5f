import type { Context } from 'hono'
import { invalid } from '../../domain/failure/failures.ts'
import { paramOf } from './json-text.ts'

/** Returns the decoded text; undefined if it is not UTF-8 or contains NUL. */
function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text)
    return plain.includes('\u0000') ? undefined : plain
  } catch {
    return undefined
  }
}

/** Returns the parts of a text before and after its first separator. */
function splitOnce(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** Returns the raw query of a call, without the question mark. */
export const queryOf = (c: Context): string => splitOnce(c.req.url, '?')[1]

const inQuery = (text: string) => decoded(text.replaceAll('+', ' '))

/**
 * Rejects a path or query that cannot be decoded, and query parameters of calls that have none. Calls with parameters
 * reject unknown ones by their schema.
 */
export function checkAddress(c: Context, { query: takesQuery = false }: { query?: boolean } = {}): void {
  const [path, query] = splitOnce(c.req.url, '?')
  if (decoded(path) === undefined) throw invalid('path', 'must be percent-encoded UTF-8 without NUL')
  for (const pair of query.split('&').filter(Boolean)) {
    const [name, value] = splitOnce(pair, '=')
    const plain = inQuery(name)
    if (plain === undefined) throw invalid('query', 'must be percent-encoded UTF-8 without NUL')
    // Hono drops a value without a name, and a call would ignore it.
    if (plain === '') throw invalid('query', 'must not have a parameter without a name')
    if (!takesQuery || plain === '__proto__') throw invalid(paramOf([plain]), 'is not a field of this call')
    if (inQuery(value) === undefined) throw invalid(paramOf([plain]), 'must be percent-encoded UTF-8 without NUL')
  }
}
