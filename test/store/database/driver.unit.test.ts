import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const patchPackage = createRequire(import.meta.url).resolve('patch-package/index.js')
const driver = (file: string) => new URL(file, import.meta.resolve('postgres'))
const files = ['connection.js', 'index.js', 'queue.js']
const read = (folder: string | URL) =>
  files.map((file) => readFileSync(typeof folder === 'string' ? join(folder, file) : driver(file), 'utf8'))
const patches = join(root, 'patches')
const [patch, forOthers] = ['postgres+3.4.9.patch', 'postgres@3.4.9.diff'].map((name) =>
  readFileSync(join(patches, name), 'utf8'),
)

const apply = (folder: string, ...options: string[]) =>
  execFileSync(process.execPath, [patchPackage, '--error-on-fail', '--error-on-warn', ...options], {
    cwd: folder,
    stdio: 'pipe',
  })

/** Returns a project in a folder of its own with a copy of the installed driver and the patch. */
function projectWithDriver(): { folder: string; sources: string } {
  const folder = mkdtempSync(join(tmpdir(), 'billing-onboarding-driver-'))
  writeFileSync(join(folder, 'package.json'), '{"dependencies":{"postgres":"3.4.9"}}')
  cpSync(patches, join(folder, 'patches'), { recursive: true })
  const installed = fileURLToPath(new URL('..', driver('index.js')))
  cpSync(installed, join(folder, 'node_modules/postgres'), { recursive: true, dereference: true })
  return { folder, sources: join(folder, 'node_modules/postgres/src') }
}

test('the installed PostgreSQL driver has the whole patch; if not, the install ran no scripts: npm ci', () => {
  const { folder, sources } = projectWithDriver()
  try {
    const before = read(sources)
    apply(folder)
    expect(read(sources)).toEqual(before)
    apply(folder, '--reverse')
    for (const [i, text] of read(sources).entries()) expect(text).not.toBe(before[i])
    apply(folder)
    expect(read(sources)).toEqual(before)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('an install rejects other source code of the driver', () => {
  const { folder, sources } = projectWithDriver()
  try {
    writeFileSync(join(sources, 'queue.js'), 'export default function Queue() {}\n')
    expect(() => apply(folder)).toThrow('patch-package')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('pnpm and Bun apply the same patch', () => {
  expect(forOthers).toBe(patch!.replaceAll('node_modules/postgres/', ''))
  expect(patch!.match(/^diff --git .*$/gm)).toHaveLength(files.length)
})

test('if pnpm or Bun applied the patch, nothing is written through their links', () => {
  const { folder, sources } = projectWithDriver()
  try {
    const state = () => files.map((file) => statSync(join(sources, file), { bigint: true }))
    const before = state()
    apply(folder)
    for (const [i, { ino, mtimeNs }] of state().entries())
      expect({ ino, mtimeNs }).toEqual({ ino: before[i]!.ino, mtimeNs: before[i]!.mtimeNs })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("the driver's queue of free connections releases removed entries, even if it is never empty", async () => {
  interface Queue {
    push(connection: object): void
    shift(): object
    remove(connection: object): void
  }
  const { default: makeQueue } = (await import(driver('queue.js').href)) as { default: (first: object[]) => Queue }
  const queue = makeQueue([{}, {}, {}])
  const search = vi.spyOn(Array.prototype, 'indexOf')
  // As for each statement: a connection is taken, looked for in the queue that it was in, and put back.
  for (let i = 0; i < 10_000; i++) {
    const connection = queue.shift()
    queue.remove(connection)
    queue.push(connection)
  }
  const searched = search.mock.contexts.map((places) => (places as unknown[]).length)
  search.mockRestore()
  expect(searched).toHaveLength(10_000)
  expect(Math.max(...searched)).toBeLessThan(10)
})

test('no pool opens with an unpatched driver', async () => {
  vi.resetModules()
  vi.doMock('postgres', () => ({ default: Object.assign(() => {}, { toCamel: String, fromCamel: String }) }))
  try {
    const { openDatabase } = await import('../../../store/database/database.ts')
    expect(() => openDatabase('postgres://localhost/nothing', { name: 'test' })).toThrow(
      /^the PostgreSQL driver is not patched/,
    )
  } finally {
    vi.doUnmock('postgres')
    // The files that the same process runs next would get the modules with this driver.
    vi.resetModules()
  }
})
