/**
 * Returns the entry of a table for an untrusted key; undefined for a key that is not an own property, such as
 * `constructor`, which `table[key]` would find on the prototype.
 */
export const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined
