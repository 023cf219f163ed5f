/**
 * Returns the entry of a table under a key that comes from outside; undefined for every key that is not its own, such
 * as `constructor`, which `table[key]` would find on the prototype.
 */
export const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined
