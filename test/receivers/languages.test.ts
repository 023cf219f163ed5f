import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { checkReceiver, examples, type Program } from '../support/receivers/example.ts'

// The official libraries of other languages. Their packages are installed once, into a cache.

const cache = fileURLToPath(new URL('../../node_modules/.cache/receivers/', import.meta.url))

/** Returns the receiver, or why it cannot be tried on this machine. */
type Prepare = () => Program | string

const run = (command: string, args: string[], cwd = examples, env = {}) =>
  execFileSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe', timeout: 180_000 })

function fails(work: () => void): boolean {
  try {
    work()
    return false
  } catch {
    return true
  }
}

const python: Prepare = () => {
  if (fails(() => run('python3', ['--version']))) return 'python3 is not installed'
  const packages = join(cache, 'python')
  const install = ['-m', 'pip', 'install', '--quiet', '--target', packages, '-r', 'requirements.txt']
  if (!existsSync(join(packages, 'standardwebhooks')) && fails(() => run('python3', install)))
    return 'pip cannot install its packages'
  return { command: 'python3', args: ['receiver.py'], env: { PYTHONPATH: packages } }
}

const go: Prepare = () => {
  if (fails(() => run('go', ['version']))) return 'go is not installed'
  mkdirSync(cache, { recursive: true })
  const program = join(cache, 'receiver-in-go')
  const folder = join(examples, 'go')
  const local = { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' }
  if (fails(() => run('go', ['mod', 'download'], folder, local))) return 'go cannot download its modules'
  run('go', ['build', '-o', program, '.'], folder, local)
  return { command: program, args: [] }
}

for (const [file, prepare] of Object.entries({ 'receiver.py': python, 'go/main.go': go })) {
  const program = prepare()
  const what = `docs/examples/receivers/${file} verifies real requests, and processes each event once and in order`
  if (typeof program === 'string') test.skip(`${what} (skipped: ${program})`)
  else test(what, () => checkReceiver(program))
}
