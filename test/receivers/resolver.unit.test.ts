import dns from 'node:dns'
import { readFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { createResolver } from '../../receivers/resolver.ts'
import { nameServer } from '../support/receivers/name-server.ts'
import { onRequest, rawServer } from '../support/receivers/raw-server.ts'
import { until } from '../support/until.ts'
import { testPost } from '../support/receivers/receivers.ts'

const isDead = (name: string) => name.startsWith('dead-')
const ok = onRequest((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))

test('names with a silent name server delay neither another lookup nor a delivery', async () => {
  const receiver = await rawServer(ok)
  const { server, queries } = await nameServer((name) => (isDead(name) ? undefined : ['127.0.0.1']))
  const resolve = createResolver({ servers: [server], timeout: 2_000 })
  const post = testPost({ resolve })
  // The spy sees callers of `dns.lookup`, not the line below, which uses `dns.promises`.
  const osLookup = vi.spyOn(dns, 'lookup')
  const began = performance.now()
  const dead = Array.from({ length: 200 }, (_, i) => post(`http://dead-${i}.example:${receiver.port}/`))
  let over = 0
  for (const each of dead) void each.then(() => over++)

  await until(() => queries().filter(isDead).length > 100)
  await dns.promises.lookup('localhost')
  await readFile(import.meta.filename)
  expect(await post(`http://crm.example:${receiver.port}/`)).toMatchObject({ status: 200 })
  // All of this happened while no dead name had been given up.
  expect(over).toBe(0)

  const results = await Promise.all(dead)
  expect(new Set(results.map(({ error }) => error))).toEqual(new Set(['dns']))
  expect(performance.now() - began).toBeLessThan(30_000)
  expect(osLookup).not.toHaveBeenCalled()
})

test('a name that does not exist, and one without addresses, is a failure of DNS', async () => {
  const { server } = await nameServer(() => [])
  const post = testPost({ resolve: createResolver({ servers: [server] }) })
  expect(await post('https://nowhere.example/')).toMatchObject({ status: null, error: 'dns' })
  const refused = testPost({ resolve: createResolver({ servers: ['127.0.0.1:1'], timeout: 200 }) })
  expect(await refused('https://crm.example/')).toMatchObject({ status: null, error: 'dns' })
})

test('a name server that is silent longer than the limit to connect is a time-out', async () => {
  const { server } = await nameServer(() => undefined)
  const resolve = createResolver({ servers: [server], timeout: 5_000 })
  const result = await testPost({ resolve, limits: { whole: 1_000, connect: 400, body: 400 } })('https://crm.example/')
  expect(result).toMatchObject({ status: null, error: 'timeout' })
})

test('localhost and names below it are never asked of a name server', async () => {
  const { server, queries } = await nameServer(() => ['93.184.216.34'])
  const resolve = createResolver({ servers: [server] })
  for (const name of ['localhost', 'LocalHost', 'localhost.', 'crm.localhost', 'a.b.localhost.'])
    expect((await resolve(name)).map(({ address }) => address)).toEqual(['127.0.0.1', '::1'])
  expect((await resolve('localhost.example')).map(({ address }) => address)).toEqual(['93.184.216.34'])
  expect(queries()).toEqual(['localhost.example'])
})
