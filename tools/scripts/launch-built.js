// Starts a built program: `node dist/launch.js dist/api/main.js`. The build copies this file. Plain JavaScript that old
// versions of Node read too: without it they end with a SyntaxError in one of our modules.
import { fileURLToPath } from 'node:url'
import { requireNode } from './require-node.js'

requireNode()
const [program] = process.argv.splice(2, 1)
const file = new URL(`../${program}`, import.meta.url)
process.argv[1] = fileURLToPath(file)
await import(file.href)
