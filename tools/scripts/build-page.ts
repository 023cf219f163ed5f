import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions } from 'esbuild'

const assets = fileURLToPath(new URL('../../api/assets/', import.meta.url))
const scripts = fileURLToPath(new URL('../../api/hosted-page/browser/', import.meta.url))

/** The files that browsers load, in `api/assets/` after a build. */
export const browserFiles = [
  'browser.js',
  'embed.js',
  'restore.js',
  'old-browser.js',
  'page.css',
  'icon.svg',
  'reference.css',
  'reference.js',
]

// Safari 13 and Chrome 80 run the result: esbuild rewrites newer syntax, and a test rejects newer functions
// (`test/api/hosted-page/old-browsers.unit.test.ts`). Not `safari13`, for which esbuild rejects all destructuring
// because of errors in rare forms.
const target = 'es2019'

/** Bundles the page's scripts into `api/assets/`, or into another folder. */
export async function buildPage(outdir: string = assets): Promise<void> {
  const options: BuildOptions = { outdir, bundle: true, target, minify: true, logLevel: 'warning' }
  await build({ ...options, entryPoints: { browser: join(scripts, 'main.ts') }, format: 'esm' })
  // Not a module, because it must run before the page is shown.
  await build({ ...options, entryPoints: { restore: join(scripts, 'link/restore.ts') }, format: 'iife' })
  // A classic script: applications load it by a plain tag, before their own scripts.
  await build({ ...options, entryPoints: { embed: join(scripts, '../embed/main.ts') }, format: 'iife' })
}
