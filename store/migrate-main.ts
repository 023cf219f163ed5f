import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { readConfig } from '../config.ts'

const { databaseUrl } = readConfig(process.env, ['database'])
const database = openDatabase(databaseUrl, { name: 'migrate', max: 1 })
const applied = await migrate(database)
console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'the schema is up to date')
await database.end()
