import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workflowCode } from '../../worker/workflow-code.ts'
import { machineCache } from '../local/go-build.ts'
import { buildPage } from '../scripts/build-page.ts'
import { bundleProgram } from '../scripts/bundle-program.ts'
import { bundleWorkflows } from '../scripts/bundle-workflows.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: root, maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] })

/** A build of the service in a folder of its own. */
export interface Build {
  name: string
  /** Returns the path of a built program: `worker/main`. */
  program(name: string): string
  /** A file with other workflow code than the build's own. */
  bundle?: string
}

/** Returns the newest tag of a release before this commit; undefined in a copy without tags, or without Git. */
export function newestTag(): string | undefined {
  try {
    const tags = git('tag', '--list', 'v*', '--merged', 'HEAD', '--sort=-version:refname').toString()
    return tags.split('\n')[0] || undefined
  } catch {
    return undefined
  }
}

/**
 * Returns a release in a folder. Checks it out, installs its packages and builds it once per machine: its commit does
 * not change, and later drills take it from the cache.
 */
export function buildRelease(tag: string, folder: string): Build {
  const commit = git('rev-list', '-1', tag).toString().trim()
  const cached = machineCache('releases', `${tag}-${commit}`)
  if (!existsSync(cached)) {
    const own = `${cached}.${process.pid}`
    try {
      mkdirSync(own, { recursive: true })
      execFileSync('tar', ['-x', '-C', own], { input: git('archive', commit) })
      npmIn(own, 'ci', '--prefer-offline', '--no-audit', '--no-fund')
      npmIn(own, 'run', '--silent', 'build')
      // Another drill can have been faster.
      if (!existsSync(cached)) renameSync(own, cached)
    } finally {
      rmSync(own, { recursive: true, force: true })
    }
  }
  // Its programs are started by a path in the drill's folder, by which those that are left behind are found.
  symlinkSync(cached, folder)
  return builtIn(folder, tag)
}

/** Copies the files of this working tree into a folder and builds them. */
export function buildThis(folder: string): Build {
  const files = git('ls-files', '--cached', '--others', '--exclude-standard', '-z').toString().split('\0')
  for (const file of files.filter((name) => name && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  npmIn(folder, 'run', '--silent', 'build')
  return builtIn(folder, 'this build')
}

/** Bundles the programs of this working tree, faster than a build. WORKFLOW_BUNDLE can have its workflow code. */
export async function bundleThis(folder: string): Promise<Build> {
  const mains = ['api/main', 'worker/main', 'admin/main', 'admin/migrate']
  const [ofApi] = await Promise.all(mains.map((main) => bundleProgram(`${main}.ts`)))
  await buildPage()
  const bundle = process.env.WORKFLOW_BUNDLE || (await bundleWorkflows(`${folder}-workflow-bundle.js`))
  // As those of a release: by this path they are found.
  symlinkSync(join(dirname(ofApi!), '..'), folder)
  return { name: 'this build', program: (main) => join(folder, `${main}.js`), bundle }
}

/** This build with workflow code that cannot replay its runs. */
export async function incompatibleWith(build: Build, bundle: string): Promise<Build> {
  writeFileSync(bundle, await workflowCode(fileURLToPath(new URL('incompatible-workflows.ts', import.meta.url))))
  return { ...build, name: 'incompatible build', bundle }
}

function npmIn(folder: string, ...args: string[]): void {
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}

const builtIn = (folder: string, name: string): Build => ({
  name,
  program: (main) => join(folder, 'dist', `${main}.js`),
})
