import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'

const script = fileURLToPath(new URL('../../../tools/scripts/mend-driver.js', import.meta.url))
const driver = (file: string) => new URL(file, import.meta.resolve('postgres'))
const files = ['connection.js', 'queue.js', 'index.js']
const read = () => files.map((file) => readFileSync(driver(file), 'utf8'))
async function mendsOf(file: string): Promise<{ from: string; to: string }[]> {
  return ((await import(`../../../tools/scripts/driver-mends/${file}`)) as { default: { from: string; to: string }[] })
    .default
}

test('the installed PostgreSQL driver is mended; where not, the install ran no scripts: node tools/scripts/mend-driver.js', () => {
  const before = read()
  execFileSync(process.execPath, [script])
  expect(read().map((text, i) => text === before[i])).toEqual([true, true, true])
})

test('only the installed copy is mended, not the files of a store that it is linked to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'billing-onboarding-driver-'))
  try {
    const [store, installed] = ['store', 'installed'].map((name) => join(folder, name, 'src'))
    for (const made of [store!, installed!]) mkdirSync(made, { recursive: true })
    const published = new Map<string, string>()
    for (const file of files) {
      const { from, to } = (await mendsOf(file)).at(-1)!
      published.set(
        file,
        readFileSync(driver(file), 'utf8').replace(to, () => from),
      )
      writeFileSync(join(store!, file), published.get(file)!)
      linkSync(join(store!, file), join(installed!, file))
    }
    execFileSync(process.execPath, [script, join(folder, 'installed')])
    expect(files.map((file) => readFileSync(join(installed!, file), 'utf8'))).toEqual(read())
    for (const file of files) expect(readFileSync(join(store!, file), 'utf8')).toBe(published.get(file))
    expect(readdirSync(installed!).sort()).toEqual([...files].sort())
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("the driver's queue of free connections forgets what it handed out, though it is never empty", async () => {
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

test('with a driver that is not mended no pool is opened', async () => {
  vi.resetModules()
  vi.doMock('postgres', () => ({ default: Object.assign(() => {}, { toCamel: String, fromCamel: String }) }))
  const { openDatabase } = await import('../../../store/database/database.ts')
  expect(() => openDatabase('postgres://localhost/nothing', { name: 'test' })).toThrow(
    /^the PostgreSQL driver is not mended/,
  )
  vi.doUnmock('postgres')
})
