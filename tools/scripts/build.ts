import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { browserFiles, buildPage } from './build-page.ts'
import { bundleWorkflows } from './bundle-workflows.ts'

// Writes `dist/`: all that API, worker, migrate and admin need to run with plain Node and production dependencies.

const root = fileURLToPath(new URL('../../', import.meta.url))
const dist = `${root}dist/`

rmSync(dist, { recursive: true, force: true })
const compiler = `${root}node_modules/typescript-7/bin/tsc`
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
cpSync(`${root}store/migrations`, `${dist}store/migrations`, { recursive: true })
copyFileSync(`${root}api/reference/answers.json`, `${dist}api/reference/answers.json`)
copyFileSync(`${root}tools/scripts/launch-built.js`, `${dist}launch.js`)
copyFileSync(`${root}tools/scripts/require-node.js`, `${dist}require-node.js`)
await buildPage()
for (const file of browserFiles) copyFileSync(`${root}api/assets/${file}`, `${dist}api/assets/${file}`)
await bundleWorkflows(`${dist}workflow-bundle.js`)
console.log('built dist/')
