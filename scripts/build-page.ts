import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Bundles the page's own script for browsers, into `page/` beside its source. */
export async function buildPage(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('../page/browser.ts', import.meta.url))],
    outfile: fileURLToPath(new URL('../page/browser.js', import.meta.url)),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
  })
}
