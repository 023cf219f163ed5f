import { openDatabase } from '../store/database/database.ts'
import { migrate } from '../store/schema/migrate.ts'
import { requireReachableServer } from '../store/schema/usable-database.ts'
import { readArguments } from '../runtime/arguments.ts'
import { readConfig } from '../runtime/config.ts'
import { beforeStart } from '../runtime/start.ts'
import { exitWithoutOutput } from '../runtime/stop.ts'

exitWithoutOutput()
readArguments('npm run migrate\n\n  Applies pending migrations to DATABASE_URL.', { options: {} })
const { databaseUrl } = await beforeStart(() => readConfig(process.env, ['database']))
await beforeStart(() => requireReachableServer(databaseUrl))
const database = openDatabase(databaseUrl, { name: 'migrate', max: 1 })
const applied = await beforeStart(() => migrate(database))
console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'the schema is up to date')
await database.end()
