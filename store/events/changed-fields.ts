import { isDeepStrictEqual } from 'node:util'

/** Returns the names of the fields of `after` whose values differ from those of `before`, as the API names them. */
export function changedFields<Row extends object>(before: Row, after: Partial<Row>): string[] {
  return Object.entries(after)
    .filter(([key, value]) => value !== undefined && !isDeepStrictEqual(value, before[key as keyof Row]))
    .map(([key]) => apiName(key))
}

/** Returns the API's name of a field: `logo_url` for `logoUrl`. */
export const apiName = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
