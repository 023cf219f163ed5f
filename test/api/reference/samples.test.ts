import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { samplesOf, type Sample } from '../../../api/reference/samples.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { operations, resolve } from '../../support/documented/documented.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = temporaryFolder('samples')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const samples = operations.flatMap(({ method, path, operation }) =>
  samplesOf(method, path, operation, resolve).map((sample) => ({ ...sample, path })),
)
const inLanguage = (language: Sample['language']) => samples.filter((sample) => sample.language === language)
const python = ['python3', 'python'].find((name) => {
  try {
    return execFileSync(name, ['--version'], { stdio: 'pipe' })
  } catch {
    return false
  }
})

test('every operation has a sample in each language, without an unresolved parameter', () => {
  expect(samples).toHaveLength(operations.length * 3)
  expect(samples.filter(({ code, language }) => language === 'curl' && /[{]\w+[}]|undefined/.test(code))).toEqual([])
})

test('the TypeScript samples compile with the client package', async () => {
  const body = inLanguage('typescript').map(({ code }) => `{\n${code}\n}`)
  const start = `import { createBillingClient } from '${root}packages/client/src/index.ts'
const API_KEY = 'sk_test_…'
const billing = createBillingClient({ baseUrl: 'https://billing.example.com', apiKey: API_KEY })
export async function all() {`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'samples.ts'), [start, ...body, '}'].join('\n'))
  const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, noEmit: true, types: [] }
  const more = { skipLibCheck: true, allowImportingTsExtensions: true, lib: ['es2022', 'dom', 'dom.asynciterable'] }
  const config = { compilerOptions: { ...compilerOptions, ...more }, files: ['samples.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  execFileSync(process.execPath, ['--import', 'tsx', 'tools/clients/write-client-types.ts'], { cwd: root })
  const tsc = join(root, 'node_modules/typescript-7/bin/tsc')
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch(
    (error: unknown) => error as never,
  )
  expect(stdout).toBe('')
})

test.skipIf(!python)(`the Python samples compile${python ? '' : ' (skipped: no Python on the PATH)'}`, async () => {
  const file = join(folder, 'samples.py')
  writeFileSync(
    file,
    inLanguage('python')
      .map(({ code }) => code)
      .join('\n'),
  )
  await promisify(execFile)(python!, ['-m', 'py_compile', file])
})

test('the curl samples are valid shell', async () => {
  const file = join(folder, 'samples.sh')
  writeFileSync(
    file,
    inLanguage('curl')
      .map(({ code }) => code)
      .join('\n'),
  )
  await promisify(execFile)('bash', ['-n', file])
})
