import { ensureDatabase, type Postgres } from '../../../tools/local/postgres/postgres.ts'
import { openDatabase } from '../../../store/database/database.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import { refuseEventsWithoutLock } from './lock-watch.ts'

const name = 'template_of_tests'

/**
 * Creates the migrated database that each test file copies. Returns its URL. It accepts no connections, because a
 * database with connections cannot be copied.
 */
export async function makeTemplate(server: Postgres): Promise<string> {
  await ensureDatabase(server, name)
  const template = openDatabase(server.url(name), { name: 'template', max: 1 })
  await migrate(template)
  await refuseEventsWithoutLock(template)
  await template.end()
  const admin = openDatabase(server.url('postgres'), { name: 'template', max: 1 })
  await admin.unsafe(`alter database ${name} with is_template true allow_connections false`)
  await admin.end()
  return server.url(name)
}
