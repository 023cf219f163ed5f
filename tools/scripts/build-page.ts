import { copyFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const assets = fileURLToPath(new URL('../../api/assets/', import.meta.url))
const scripts = fileURLToPath(new URL('../../api/hosted-page/browser/', import.meta.url))

/** The files that browsers load, in `api/assets/` after a build. */
export const browserFiles = [
  'browser.js',
  'restore.js',
  'page.css',
  'reference.css',
  'reference-start.js',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
]

/** Bundles the page's scripts into `api/assets/` and copies Swagger UI for `/docs` there. */
export async function buildPage(): Promise<void> {
  const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) copyFileSync(join(swagger, file), join(assets, file))
  const options = { outdir: assets, bundle: true, target: 'es2022', minify: true, logLevel: 'warning' } as const
  await build({ ...options, entryPoints: { browser: join(scripts, 'main.ts') }, format: 'esm' })
  // Not a module, because it must run before the page is shown.
  await build({ ...options, entryPoints: { restore: join(scripts, 'restore.ts') }, format: 'iife' })
}
