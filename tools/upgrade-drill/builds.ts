import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workflowCode } from '../../worker/workflow-code.ts'

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

/** Checks out a release into a folder and builds it. Installs its packages if its lock differs from this one's. */
export function buildRelease(tag: string, folder: string): Build {
  mkdirSync(folder)
  execFileSync('tar', ['-x', '-C', folder], { input: git('archive', tag) })
  return buildIn(folder, tag)
}

/** Copies the files of this working tree into a folder and builds them. */
export function buildThis(folder: string): Build {
  const files = git('ls-files', '--cached', '--others', '--exclude-standard', '-z').toString().split('\0')
  for (const file of files.filter((name) => name && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  return buildIn(folder, 'this build')
}

/** This build with workflow code that cannot replay its runs. */
export async function incompatibleWith(build: Build, bundle: string): Promise<Build> {
  writeFileSync(bundle, await workflowCode(fileURLToPath(new URL('incompatible-workflows.ts', import.meta.url))))
  return { ...build, name: 'incompatible build', bundle }
}

function buildIn(folder: string, name: string): Build {
  const npm = (...args: string[]) => execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  if (packagesOf(folder) === packagesOf(root)) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  else npm('ci', '--prefer-offline', '--no-audit', '--no-fund')
  npm('run', '--silent', 'build')
  return { name, program: (main) => join(folder, 'dist', `${main}.js`) }
}

/** Returns a text that is the same for two checkouts if the same packages are installed in both. */
function packagesOf(folder: string): string {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string }> }
  // Our own packages get another version with each release.
  for (const [path, each] of Object.entries(packages)) if (!path.startsWith('node_modules/')) delete each.version
  const patches = readdirSync(join(folder, 'patches')).sort()
  return JSON.stringify([packages, patches.map((file) => [file, read(join('patches', file))])])
}
