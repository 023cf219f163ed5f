import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const needed = ['postgres', 'psql', 'pg_dump', 'pg_restore']
/** Where Debian, and others that follow it, install each version. */
const installed = '/usr/lib/postgresql'
/** The oldest version that the service supports. */
const oldest = 15

/**
 * Returns the folder above `bin/` of a PostgreSQL with the programs that make and restore backups, which the npm
 * package lacks: POSTGRES_PROGRAMS, or the newest one that Debian installed. Undefined if there is none.
 */
export function findInstallation(given = process.env.POSTGRES_PROGRAMS?.trim()): string | undefined {
  const versions = existsSync(installed) ? readdirSync(installed).map(Number) : []
  const folders = versions
    .filter((version) => version >= oldest)
    .sort((a, b) => b - a)
    .map((version) => join(installed, String(version)))
  return [...(given ? [given] : []), ...folders].find((folder) =>
    needed.every((program) => existsSync(join(folder, 'bin', program))),
  )
}
