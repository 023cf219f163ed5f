import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runAdmin } from '../../admin/run.ts'

// The operators' commands, on the database of the stack that runs here unless the environment names one.
const readyFile = join(resolve(process.env.LOCAL_DIR || '.local'), 'ready.json')
if (!process.env.DATABASE_URL && existsSync(readyFile)) {
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as { database_url: string }
  process.env.DATABASE_URL = ready.database_url
  delete process.env.DATABASE_PASSWORD
}
await runAdmin(process.argv.slice(2), {
  noDatabase:
    'No stack runs here: start one with npm start, or set DATABASE_URL, or LOCAL_DIR to the folder of a stack.',
})
