import { isDatabaseUnavailable, openDatabase } from '../database/database.ts'
import { withoutSecrets } from '../database/connection-string.ts'
import { schemaState } from './schema-state.ts'
import { requireUsableServer } from './usable-server.ts'

const whatThen = 'start the release that applied them, or set ALLOW_NEWER_SCHEMA=true to roll back to this one'

interface Allowed {
  /** Whether the schema may be newer than this program, for a rollback. */
  allowNewerSchema?: boolean
}

/**
 * Throws an Error with one sentence if the database is unusable: for the reasons of `requireUsableServer`, or because
 * its schema is missing, older or newer than this program. Returns false if PostgreSQL does not respond: check again
 * later.
 */
export async function requireUsableDatabase(url: string, { allowNewerSchema = false }: Allowed = {}): Promise<boolean> {
  if (!(await requireUsableServer(url))) return false
  const database = openDatabase(url, { name: 'check', max: 1 })
  try {
    const { message, newer } = await schemaState(database)
    if (newer && allowNewerSchema) return true
    if (message) throw new Error(newer ? `${message}: ${whatThen}` : message)
    return true
  } catch (error) {
    if (isDatabaseUnavailable(error)) return false
    throw error
  } finally {
    await database.end({ timeout: 0 })
  }
}

/** As `requireUsableServer`, but also throws if PostgreSQL does not respond. For commands. */
export async function requireReachableServer(url: string): Promise<void> {
  if (!(await requireUsableServer(url))) throw away(url)
}

/** As `requireUsableDatabase`, but also throws if PostgreSQL does not respond. For commands. */
export async function requireDatabase(url: string, allowed: Allowed = {}): Promise<void> {
  if (!(await requireUsableDatabase(url, allowed))) throw away(url)
}

const away = (url: string) => new Error(`PostgreSQL does not respond at ${withoutSecrets(url)} (DATABASE_URL)`)
