import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { provideDatabase } from '../../../tools/local/servers.ts'
import { createStackContext } from '../../../tools/local/stack-context.ts'
import { lockFolder } from '../../../tools/local/stack-lock.ts'

// Files of the local stack that something else has changed.

const folder = temporaryFolder('folder-state')
afterAll(() => rmSync(folder, { recursive: true }))
const contextWith = (name: string, content: string) => {
  writeFileSync(join(folder, name), content)
  return createStackContext({ folder, env: {}, say: () => {}, changed: () => {} })
}

test.each([99_999_999, 0, -1, 1.5, '8233', null, [8233]])(
  'a remembered port %j that is none is not used',
  async (port) => {
    const context = contextWith('ports.json', JSON.stringify({ UI: port }))
    const chosen = await context.stablePortFor('UI', 0)
    expect(chosen).toBeGreaterThan(1_023)
    expect(JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8'))).toEqual({ UI: chosen })
  },
)

test.each(['{', '{"setupLinks": 5}', '{"postgres": null}', '[1]'])(
  'secrets %s are an error that names the file',
  (content) => {
    const message = `${join(folder, 'secrets.json')} is not valid JSON of the stack: restore it, or remove the folder`
    expect(() => contextWith('secrets.json', content)).toThrow(message)
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).toBe(content)
    rmSync(join(folder, 'secrets.json'))
  },
)

test.each(['', 'x', '-1', '0', 'folder'])('a lock of %j holds nobody up', (content) => {
  const file = join(folder, 'stack.pid')
  rmSync(file, { force: true })
  if (content === 'folder') mkdirSync(file)
  else writeFileSync(file, content)
  expect(lockFolder(folder)).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid))
})

test('a start says that it uses the database of DATABASE_URL, which a shell can have for another program', async () => {
  const said: string[] = []
  const env = { DATABASE_URL: 'postgres://u:hidden@db.example/d' }
  const context = createStackContext({ folder, env, say: (line) => said.push(line), changed: () => {} })
  expect(await provideDatabase(context)).toEqual({ url: env.DATABASE_URL })
  expect(said).toEqual(['using the database at postgres://u:…@db.example:5432/d (DATABASE_URL)'])
})
