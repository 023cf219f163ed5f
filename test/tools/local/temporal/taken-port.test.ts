import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../tools/local/folders.ts'
import { freePort, withFixedPort } from '../../../../tools/local/ports.ts'
import { findTemporal } from '../../../../tools/local/temporal/temporal-programs.ts'
import { startDevServer } from '../../../../tools/local/temporal/temporal.ts'

const folder = temporaryFolder('taken-port')
afterAll(() => rmSync(folder, { recursive: true }))

test('if another program takes the port of Temporal before it starts, it starts on another one', async () => {
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  const program = await findTemporal(() => {})
  const begin = (onPort: number, signal = new AbortController().signal) => {
    const own = join(folder, String(onPort))
    mkdirSync(own, { recursive: true })
    return startDevServer({ program, folder: own, port: onPort, uiPort: null, logFile: join(own, 'log'), signal })
  }
  const failure = await begin(port).catch((error: Error) => error.message)
  expect(failure).toMatch(/^Temporal exited before it was ready; see .*\n.*address already in use/)
  expect(failure).not.toContain('goroutine')
  const server = await withFixedPort(port, begin)(new AbortController().signal)
  expect(server.address).not.toBe(`127.0.0.1:${port}`)
  await server.stop()
  other.close()
})
