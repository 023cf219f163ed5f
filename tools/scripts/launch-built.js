// Starts a built program: `node dist/launch.js dist/api/main.js`. The build copies this file. Plain JavaScript that old
// versions of Node can parse: without it they fail with a SyntaxError in a module.
import { fileURLToPath } from 'node:url'
import { requireNode } from './require-node.js'

requireNode()
const [program] = process.argv.splice(2, 1)
const file = new URL(`../${program}`, import.meta.url)
process.argv[1] = fileURLToPath(file)
await import(file.href)
