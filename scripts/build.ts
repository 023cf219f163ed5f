import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { browserFiles, buildPage } from './build-page.ts'

// Writes `dist/`: everything that api, worker, migrate and admin need to run with plain Node and production dependencies.

const root = fileURLToPath(new URL('../', import.meta.url))
const dist = `${root}dist/`

rmSync(dist, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  { cwd: root, stdio: 'inherit' },
)
cpSync(`${root}store/migrations`, `${dist}store/migrations`, { recursive: true })
copyFileSync(`${root}api/reference/answers.json`, `${dist}api/reference/answers.json`)
await buildPage()
for (const file of browserFiles) copyFileSync(`${root}page/${file}`, `${dist}page/${file}`)
const { code } = await bundleWorkflowCode({
  workflowsPath: `${root}workflows/index.ts`,
  logger: new DefaultLogger('WARN'),
})
writeFileSync(`${dist}workflow-bundle.js`, code)
console.log('built dist/')
