import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { requirePort, urlOfServer, withFixedPort } from '../../../tools/local/ports.ts'

const { signal } = new AbortController()

test.each([
  'could not bind: Address already in use',
  'api/main exited before it was ready\nMETRICS_PORT 9464 is in use at 127.0.0.1 by another program',
])('a port that another program takes first is replaced once, and kept for restarts: %s', async (message) => {
  const tried: number[] = []
  const begin = await withFixedPort(0, async (port) => {
    tried.push(port)
    if (tried.length === 1) throw new Error(message)
    return port
  })
  const port = await begin(signal)
  expect(tried[0]).not.toBe(port)
  expect(await begin(signal)).toBe(port)
  expect(tried).toEqual([tried[0], port, port])
})

test('other failures are not retried, nor is a port that had been in use by the server', async () => {
  const broken = await withFixedPort(0, () => Promise.reject(new Error('broken')))
  await expect(broken(signal)).rejects.toThrow('broken')
  let starts = 0
  const begin = await withFixedPort(0, async () => {
    if (++starts > 1) throw new Error('address already in use')
  })
  await begin(signal)
  await expect(begin(signal)).rejects.toThrow('address already in use')
  expect(starts).toBe(2)
})

test('a requested port that is in use is rejected by number', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await expect(requirePort(port, '127.0.0.1')).rejects.toThrow(`PORT ${port} is in use by another program`)
  server.close()
  await once(server, 'close')
  await requirePort(port, '127.0.0.1')
  await requirePort(0, '127.0.0.1')
})

test('an address that cannot be used is named, not the port', async () => {
  await expect(requirePort(0, '192.0.2.1')).rejects.toThrow('HOST 192.0.2.1 is not an address of this machine')
  await expect(requirePort(8099, '192.0.2.1')).rejects.toThrow('HOST 192.0.2.1 is not an address of this machine')
  await expect(requirePort(8099, 'host.invalid')).rejects.toThrow('HOST host.invalid cannot be resolved')
})

test.each([
  ['127.0.0.1', 'http://127.0.0.1:8080'],
  ['localhost', 'http://localhost:8080'],
  ['192.0.2.1', 'http://192.0.2.1:8080'],
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['::', 'http://[::1]:8080'],
  ['::1', 'http://[::1]:8080'],
])('a server that listens on %s is reached at %s', (host, url) => expect(urlOfServer(host, 8080)).toBe(url))
