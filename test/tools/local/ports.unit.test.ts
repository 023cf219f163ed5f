import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { freePort, holdPort, requirePort, reservePort, urlOfServer, withFixedPort } from '../../../tools/local/ports.ts'

const { signal } = new AbortController()

test.each([
  'could not bind: Address already in use',
  'api/main exited before it was ready\nMETRICS_PORT 9464 is in use at 127.0.0.1 by another program',
])('a port that another program takes first is replaced once, and kept for restarts: %s', async (message) => {
  const tried: number[] = []
  const begin = withFixedPort(await freePort(), async (port) => {
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
  const broken = withFixedPort(await freePort(), () => Promise.reject(new Error('broken')))
  await expect(broken(signal)).rejects.toThrow('broken')
  let starts = 0
  const begin = withFixedPort(await freePort(), async () => {
    if (++starts > 1) throw new Error('address already in use')
  })
  await begin(signal)
  await expect(begin(signal)).rejects.toThrow('address already in use')
  expect(starts).toBe(2)
})

test('a port is occupied until its server starts', async () => {
  const port = await freePort()
  const release = await holdPort(port, '127.0.0.1')
  const inUse = `PORT ${port} is in use by another program`
  await expect(requirePort(port, '127.0.0.1')).rejects.toThrow(inUse)
  expect(await holdPort(port, '127.0.0.1')).toBeUndefined()
  await release!()
  await requirePort(port, '127.0.0.1')
})

test('a requested port that is in use is rejected by number', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await expect(requirePort(port, '127.0.0.1')).rejects.toThrow(`PORT ${port} is in use by another program`)
  const names = { port: 'METRICS_PORT', host: 'METRICS_HOST' }
  await expect(requirePort(port, '127.0.0.1', names)).rejects.toThrow(
    `METRICS_PORT ${port} is in use by another program: stop that program, set another METRICS_PORT, or leave it unset`,
  )
  server.close()
  await once(server, 'close')
  await requirePort(port, '127.0.0.1')
  await requirePort(0, '127.0.0.1')
})

test('another part of the stack does not get a port that is reserved or was returned before', async () => {
  const [requested, other] = [await freePort(), await freePort()]
  // As PORT=12111 and METRICS_PORT=12110: both the simulator and the worker want the port of the API.
  expect(reservePort(requested)).toBe(false)
  for (const wanted of [requested, other]) expect(await freePort(wanted)).not.toBe(wanted)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const both = await Promise.all([freePort(port), freePort(port)])
  expect(both[0]).toBe(port)
  expect(both[1]).not.toBe(port)
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
