import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openDemoContact } from '../../../tools/local/demo-contact.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { startStack, type Stack } from '../../../tools/local/stack.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'

const folder = temporaryFolder('addresses')
const publicUrl = 'https://pay.example.invalid'
let database: TestDatabase
let stack: Stack

beforeAll(async () => {
  database = await freshDatabase()
  const env = {
    ...process.env,
    HOST: '::1',
    PORT: '0',
    PUBLIC_URL: publicUrl,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TASK_QUEUE: `test-${randomUUID()}`,
  }
  stack = await startStack({ folder, env, say: () => {}, changed: () => {} })
})
afterAll(async () => {
  await stack?.stop()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

test('the local stack calls the API where it listens, while links begin with PUBLIC_URL', async () => {
  expect(stack.apiUrl).toMatch(/^http:\/\/\[::1\]:\d+$/)
  const { setupUrl } = await openDemoContact(stack)
  expect(setupUrl.startsWith(`${publicUrl}/`)).toBe(true)
})
