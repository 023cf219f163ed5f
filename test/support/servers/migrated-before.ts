import { migrate } from '../../../store/schema/migrate.ts'
import { readMigrations } from '../../../store/schema/migration-files.ts'
import { freshDatabase, type TestDatabase } from './database.ts'

/** Creates a database as it was before the migration. */
export async function migratedBefore(name: string): Promise<TestDatabase> {
  const database = await freshDatabase()
  await database.sql.unsafe('drop schema public cascade; create schema public')
  await migrateBefore(database, name)
  return database
}

/** Applies the pending migrations before the one of this name. Returns the names of the applied ones. */
export const migrateBefore = ({ sql }: TestDatabase, name: string): Promise<string[]> =>
  migrate(
    sql,
    readMigrations().filter((each) => each.name < name),
  )
