import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const assets = fileURLToPath(new URL('../../api/assets/', import.meta.url))
const scripts = fileURLToPath(new URL('../../api/hosted-page/browser/', import.meta.url))

/** The files that browsers load, in `api/assets/` after a build. */
export const browserFiles = ['browser.js', 'restore.js', 'page.css', 'reference.css', 'reference.js']

/** Bundles the page's scripts into `api/assets/`. */
export async function buildPage(): Promise<void> {
  const options = { outdir: assets, bundle: true, target: 'es2022', minify: true, logLevel: 'warning' } as const
  await build({ ...options, entryPoints: { browser: join(scripts, 'main.ts') }, format: 'esm' })
  // Not a module, because it must run before the page is shown.
  await build({ ...options, entryPoints: { restore: join(scripts, 'restore.ts') }, format: 'iife' })
}
