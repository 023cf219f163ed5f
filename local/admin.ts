import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

// `npm run admin`: the operators' commands, on the database of the stack that runs here unless the environment names one.
const readyFile = join(resolve(process.env.LOCAL_DIR || '.local'), 'ready.json')
if (!process.env.DATABASE_URL && existsSync(readyFile)) {
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as { database_url: string }
  process.env.DATABASE_URL = ready.database_url
  delete process.env.DATABASE_PASSWORD
}
await import('../admin/main.ts')
