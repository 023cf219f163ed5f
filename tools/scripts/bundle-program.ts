import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Keeps `import.meta.url` that of the source file, so that a bundled file finds the files beside it. */
const sourceUrls: Plugin = {
  name: 'source-urls',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.tsx?$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: path.endsWith('x') ? 'tsx' : 'ts',
    })),
}

/** Bundles a program into one file for plain Node, which starts in half the time of `tsx`. Returns the file's path. */
export async function bundleProgram(main: string): Promise<string> {
  // Inside node_modules, so that Node resolves the imported packages.
  const outfile = join(root, 'node_modules/.cache/programs', main.replace(/\.ts$/, '.js'))
  const { outputFiles } = await build({
    entryPoints: [join(root, main)],
    outfile,
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins: [sourceUrls],
    logLevel: 'warning',
  })
  // Another process may be starting this file at this moment: it must never find half of it.
  const written = `${outfile}.${randomUUID()}`
  await mkdir(dirname(outfile), { recursive: true })
  await writeFile(written, outputFiles[0]!.contents)
  await rename(written, outfile)
  return outfile
}
