import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../migrations/', import.meta.url)

/** A file of `store/migrations/`. */
export interface Migration {
  name: string
  text: string
}

/** A statement of a migration outside a transaction. `inBatches`: repeat it until it changes no row. */
export interface Step {
  text: string
  inBatches: boolean
}

const outside = '-- outside a transaction'
const batches = '-- in batches'

/** Returns the names of this program's migrations, in order. */
export const migrationNames = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()

/** Returns this program's migrations, in order. */
export const readMigrations = (): Migration[] =>
  migrationNames().map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

export const hashOf = ({ text }: Migration): string => createHash('sha256').update(text).digest('hex')

/**
 * Returns the statements of a migration that runs outside a transaction; undefined for all others. Its first line says
 * so, each statement ends with a semicolon at the end of a line, and the line `-- in batches` precedes those to repeat.
 */
export function stepsOf({ text }: Migration): Step[] | undefined {
  if (!text.startsWith(`${outside}\n`)) return undefined
  return text
    .split(/;[ \t]*(?:\n|$)/)
    .map((part) => ({ text: part.replace(/^[ \t]*--.*$/gm, '').trim(), inBatches: part.split('\n').includes(batches) }))
    .filter(({ text: statement }) => statement !== '')
}
