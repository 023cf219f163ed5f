import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/mend-driver.js', import.meta.url))
const driver = (file: string) => new URL(file, import.meta.resolve('postgres'))
const read = () => ['connection.js', 'queue.js', 'index.js'].map((file) => readFileSync(driver(file), 'utf8'))

test('the installed PostgreSQL driver is mended; where not, the install ran no scripts: node scripts/mend-driver.js', () => {
  const before = read()
  execFileSync(process.execPath, [script])
  expect(read().map((text, i) => text === before[i])).toEqual([true, true, true])
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
  const { openDatabase } = await import('../../store/database.ts')
  expect(() => openDatabase('postgres://localhost/nothing', { name: 'test' })).toThrow(
    /^the PostgreSQL driver is not mended/,
  )
  vi.doUnmock('postgres')
})
