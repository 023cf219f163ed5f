import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import Stripe from 'stripe'
import type { SchemaDocument } from './schema.ts'

/** The file in the user's cache folder, named by all inputs of the schema: the SDK, the compiler and the generator. */
function schemaFile(): string {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
  const { version } = JSON.parse(readFileSync(compiler, 'utf8')) as { version: string }
  const hash = createHash('sha256').update(version)
  for (const file of ['schema.ts', 'spoken.ts']) hash.update(readFileSync(new URL(file, import.meta.url)))
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const name = `stripe-schema-${Stripe.PACKAGE_VERSION}-${hash.digest('hex').slice(0, 12)}.json`
  return join(base, 'billing-onboarding', name)
}

/** Returns the cached schema, or undefined. */
export function cachedSchema(): SchemaDocument | undefined {
  const file = schemaFile()
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SchemaDocument) : undefined
}

/** Returns the schema from the cache. Generates it first if it is missing, which takes about 4 seconds. */
export async function findSchema(): Promise<SchemaDocument> {
  const cached = cachedSchema()
  if (cached) return cached
  const file = schemaFile()
  // Imported on demand: the compiler is large, and the local stack never needs it.
  const { makeSchema } = await import('./schema.ts')
  const made = makeSchema()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(made))
  renameSync(`${file}.${process.pid}`, file)
  return made
}
