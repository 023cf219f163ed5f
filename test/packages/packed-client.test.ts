import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../tools/local/folders.ts'
import { isolatedContext } from '../../tools/scripts/browser.ts'
import { closePages, sharedBrowser } from '../support/shared-browser.ts'
import { createWorld, type World } from '../support/world/world.ts'

// As a new user installs it: packed, in an empty project outside of this repository.

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = temporaryFolder('packed-client')
/** Returns what a program writes. Never blocks, because the API runs in this process. */
const run = async (program: string, args: string[], cwd = folder) =>
  (await promisify(execFile)(program, args, { cwd, timeout: 120_000 })).stdout
const tsc = join(root, 'node_modules/typescript/bin/tsc')

let world: World
let packed: { filename: string; files: { path: string }[] }[]
beforeAll(async () => {
  world = await createWorld()
  // With its dependencies packed from here, the installation needs no registry.
  const dependencies = ['openapi-fetch', 'openapi-typescript-helpers'].map((name) => `./node_modules/${name}`)
  packed = JSON.parse(
    await run('npm', ['pack', '--json', '--pack-destination', folder, './packages/client', ...dependencies], root),
  ) as typeof packed
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const files = packed.map(({ filename }) => `./${filename}`)
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...files])
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the package has what it needs and nothing else', () => {
  const [client] = packed
  const paths = client!.files.map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']))
  const others = paths.filter((path) => !/^(dist\/[a-z-]+\.(js|d\.ts)|README\.md|package\.json|LICENSE)$/.test(path))
  expect(others).toEqual([])
})

const program = `
import { ApiError, createBillingClient, type BillingCustomer, type ErrorCode } from '@billing-onboarding/client'

const billing = createBillingClient({ baseUrl: '${'API_URL'}', apiKey: '${'API_KEY'}' })
const { id } = await billing.post('/v1/billing_customers', { body: { customer_id: 'CONTACT' } })
const path = { id }
const submitted: BillingCustomer = await billing.post('/v1/test_helpers/billing_customers/{id}/submit', {
  params: { path },
  body: { outcome: 'pays' },
})
const active = await billing.waitForActive(submitted.id)
for await (const charge of billing.list('/v1/charges', { params: { query: { billing_customer_id: id } } }))
  console.log(active.status, charge.amount satisfies number)
try {
  await billing.get('/v1/customers/{id}', { params: { path: { id: 'nobody' } } })
} catch (error) {
  const code: ErrorCode | undefined = error instanceof ApiError ? error.code : undefined
  console.log(code)
}
export function wrong() {
  // @ts-expect-error
  void billing.get('/v1/nothing')
  // @ts-expect-error
  void billing.get('/v1/customers/{id}')
  // @ts-expect-error
  void billing.post('/v1/billing_customers', { body: { customer: 'usr_1' } })
  // @ts-expect-error
  void billing.list('/v1/settings')
  // @ts-expect-error
  const code: ErrorCode = 'no_such_code'
  return code
}
`

const strict = {
  ...{ target: 'es2022', lib: ['es2023', 'dom'], types: [], strict: true, skipLibCheck: false },
  ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
}

test.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])(
  'a program compiles with it (module %s, resolution %s) and onboards a customer',
  async (module, moduleResolution) => {
    const source = program
      .replace('API_URL', world.apiUrl)
      .replace('CONTACT', world.newContact())
      .replace('API_KEY', world.seeds.secret_key)
    writeFileSync(join(folder, 'program.ts'), source)
    const compilerOptions = { ...strict, module, moduleResolution, outDir: module }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
    await run(process.execPath, [tsc])
    expect(await run(process.execPath, [join(module, 'program.js')])).toBe('active 1500\nnot_found\n')
  },
)

test('the examples of its README compile', async () => {
  const readme = readFileSync(join(root, 'packages/client/README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, text]) => text!)
  expect(blocks.length).toBeGreaterThan(5)
  const imports = new Set(blocks.join('').match(/^import .*$/gm))
  // Each block in a scope of its own, with what the first one declares.
  const [first, ...others] = blocks.map((block) => block.replace(/^import .*\n/gm, ''))
  const scopes = others.map((block) => `async () => {\n${block}}`).join(',\n')
  writeFileSync(join(folder, 'readme.ts'), `${[...imports].join('\n')}\n${first}\nexport const others = [\n${scopes}]`)
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  const types = { typeRoots: [join(root, 'node_modules/@types')], types: ['node'], skipLibCheck: true }
  const compilerOptions = { ...strict, ...types, module: 'nodenext', noEmit: true }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['readme.ts'] }))
  await run(process.execPath, [tsc])
})

test('it runs in a browser', async () => {
  writeFileSync(join(folder, 'entry.js'), `export * from '@billing-onboarding/client'`)
  const { outputFiles } = await build({
    ...{ entryPoints: [join(folder, 'entry.js')], bundle: true, write: false, platform: 'browser' },
    ...{ format: 'iife', globalName: 'client', minify: true },
  })
  const code = outputFiles[0]!.text
  expect(code.length).toBeLessThan(20_000)
  const browser = await sharedBrowser()
  try {
    const { context } = await isolatedContext(browser)
    const page = await context.newPage()
    await page.goto(`${world.apiUrl}/docs/errors`)
    const external_id = world.newContact()
    const call = `client.createBillingClient({ baseUrl: location.origin, apiKey: '${world.seeds.secret_key}' })
      .post('/v1/customers', { body: { external_id: '${external_id}' } })`
    expect(await page.evaluate(`(() => { ${code}; return ${call} })()`)).toMatchObject({ external_id })
  } finally {
    await closePages(browser)
  }
})
