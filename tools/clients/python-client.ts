import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

// Generates a Python client from openapi.json: `npm run python-client -- <folder>`.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const environment = join(root, 'node_modules/.cache/python-client')
const generator = 'openapi-python-client==0.29.1'

/** The interpreter that has the generator and the packages that a generated client imports. */
export const python = join(environment, 'bin/python')

/** Returns whether the generator is installed. */
export const isInstalled = (): boolean => existsSync(join(environment, 'bin/openapi-python-client'))

/** Installs the generator from PyPI into a folder of its own. */
async function install(): Promise<void> {
  await run('python3', ['-m', 'venv', environment])
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', generator])
}

/** Writes the package `billing_onboarding` into a folder, replacing an earlier one. Returns what was left out. */
export async function generatePythonClient(folder: string): Promise<string> {
  const output = join(folder, 'billing_onboarding')
  const document = ['--path', join(root, 'openapi.json'), '--output-path', output, '--overwrite', '--meta', 'none']
  const path = `${join(environment, 'bin')}:${process.env.PATH}`
  const env = { ...process.env, PATH: path }
  const { stdout, stderr } = await run(join(environment, 'bin/openapi-python-client'), ['generate', ...document], {
    env,
  })
  return `${stdout}${stderr}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? '.local/python')
  if (!isInstalled()) await install()
  console.log(await generatePythonClient(folder))
  console.log(`wrote ${join(folder, 'billing_onboarding')}`)
}
