import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions, type Plugin } from 'esbuild'

const assets = fileURLToPath(new URL('../../api/assets/', import.meta.url))
const scripts = fileURLToPath(new URL('../../api/hosted-page/browser/', import.meta.url))

/** The files that browsers load, in `api/assets/` after a build. */
export const browserFiles = [
  'browser.js',
  'framed.js',
  'language.js',
  'embed.js',
  'preview.js',
  'restore.js',
  'wallets.js',
  'old-browser.js',
  'page.css',
  'icon.svg',
  'paypal.svg',
  'reference.css',
  'reference.js',
]

// Safari 13 and Chrome 80 run the result: esbuild rewrites newer syntax, and a test rejects newer functions
// (`test/api/hosted-page/old-browsers.unit.test.ts`). Not `safari13`, for which esbuild rejects all destructuring
// because of errors in rare forms.
const target = 'es2019'

/** The modules of the page's script that reach the outside, each with what a preview has instead. */
const played: Record<string, string> = {
  'calls.ts': 'preview/calls.ts',
  'gateways/list.ts': 'gateways/previewed.ts',
  'link/token.ts': 'preview/token.ts',
}
const play: Plugin = {
  name: 'play',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/(calls|list|token)\.ts$/ }, ({ path, resolveDir }) => {
      const instead = played[relative(scripts, join(resolveDir, path))]
      return instead ? { path: join(scripts, instead) } : undefined
    }),
}

/** Bundles the page's scripts into `api/assets/`, or into another folder. */
export async function buildPage(outdir: string = assets): Promise<void> {
  // Fields are assigned: browsers of 2019 cannot define them, and what does it for them is longer.
  const tsconfigRaw = { compilerOptions: { useDefineForClassFields: false } }
  const options: BuildOptions = { outdir, bundle: true, target, minify: true, logLevel: 'warning' }
  await build({ ...options, tsconfigRaw, entryPoints: { browser: join(scripts, 'main.ts') }, format: 'esm' })
  await build({ ...options, entryPoints: { framed: join(scripts, 'parent/framed.ts') }, format: 'esm' })
  await build({ ...options, entryPoints: { language: join(scripts, 'language/translation.ts') }, format: 'esm' })
  const preview = { preview: join(scripts, 'preview/main.ts') }
  await build({ ...options, entryPoints: preview, format: 'esm', plugins: [play] })
  // Not a module, because it must run before the page is shown.
  await build({ ...options, entryPoints: { restore: join(scripts, 'link/restore.ts') }, format: 'iife' })
  // Loaded beside the vendor's script, so that the page's own stays small.
  const wallets = { wallets: join(scripts, 'gateways/stripe-wallets.ts') }
  await build({ ...options, entryPoints: wallets, format: 'iife' })
  // A classic script: applications load it by a plain tag, before their own scripts.
  await build({ ...options, entryPoints: { embed: join(scripts, '../embed/main.ts') }, format: 'iife' })
}
