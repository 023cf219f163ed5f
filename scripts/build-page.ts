import { copyFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const page = fileURLToPath(new URL('../page/', import.meta.url))

/** What a browser is given, as `page/` holds it once it is built. */
export const browserFiles = [
  'browser.js',
  'restore.js',
  'page.css',
  'reference.css',
  'reference-start.js',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
]

/**
 * Bundles the page's own scripts for browsers, into `page/` beside its source, and puts there what `/docs` shows itself
 * with.
 */
export async function buildPage(): Promise<void> {
  const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) copyFileSync(join(swagger, file), join(page, file))
  const options = { outdir: page, bundle: true, target: 'es2022', minify: true, logLevel: 'warning' } as const
  await build({ ...options, entryPoints: [join(page, 'browser.ts')], format: 'esm' })
  // Not a module: it must run before its page is shown.
  await build({ ...options, entryPoints: [join(page, 'restore.ts')], format: 'iife' })
}
