import { expect, test } from 'vitest'
import type { AllowedNetwork } from '../../domain/webhooks/address-rules.ts'
import { receiverUrlProblem } from '../../domain/webhooks/receiver-url.ts'
import { createAddressRules } from '../../receivers/addresses.ts'
import { createResolver } from '../../receivers/resolver.ts'
import { nameServer } from '../support/receivers/name-server.ts'
import { onRequest, rawServer } from '../support/receivers/raw-server.ts'
import { testPost } from '../support/receivers/receivers.ts'
import { loopbackSpellings, otherSpellings } from '../support/receivers/spellings.ts'

const answer = onRequest((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))

/** Servers on 127.0.0.1 and ::1 with the same port. */
async function loopbackServers() {
  const four = await rawServer(answer)
  const six = await rawServer(answer, { host: '::1', port: four.port })
  return { port: four.port, accepted: () => four.accepted() + six.accepted() }
}
const only = (address: string, port: number): AllowedNetwork => ({ address, bits: 32, fromPort: port, toPort: port })

test('the table has at least 60 spellings, each once', () => {
  const all = [...loopbackSpellings, ...otherSpellings]
  expect(new Set(all).size).toBe(all.length)
  expect(all.length).toBeGreaterThanOrEqual(60)
})

test('where loopback is allowed, each spelling of it reaches the server', async () => {
  const { port, accepted } = await loopbackServers()
  const post = testPost()
  const reached: string[] = []
  for (const host of loopbackSpellings) {
    const { status } = await post(`http://${host}:${port}/`)
    if (status === 200) reached.push(host)
  }
  expect(reached).toEqual(loopbackSpellings)
  expect(accepted()).toBe(loopbackSpellings.length)
})

test('where nothing is allowed, no spelling opens a connection, with or without TLS', async () => {
  const { port, accepted } = await loopbackServers()
  const post = testPost({ networks: [] })
  for (const host of [...loopbackSpellings, ...otherSpellings])
    for (const scheme of ['https', 'http']) {
      const result = await post(`${scheme}://${host}:${port}/`)
      expect(result, host).toMatchObject({ status: null, error: 'address' })
      // Long before the limit of a connection.
      expect(result.took, host).toBeLessThan(10_000)
    }
  expect(accepted()).toBe(0)
})

test('no spelling can be the URL of an endpoint', () => {
  const rules = createAddressRules([], [])
  const problems = [...loopbackSpellings, ...otherSpellings].map((host) => [
    host,
    receiverUrlProblem(`https://${host}/hooks`, rules),
  ])
  expect(problems.filter(([, problem]) => problem === undefined)).toEqual([])
})

test.each(['127.0.0.1', '169.254.169.254', '10.0.0.1', '192.168.1.1', '100.100.100.200', '0.0.0.0'])(
  'a name that leads to %s opens no connection',
  async (address) => {
    const { port, accepted } = await loopbackServers()
    const { server } = await nameServer(() => [address])
    const post = testPost({ networks: [], resolve: createResolver({ servers: [server] }) })
    expect(await post(`https://crm.example:${port}/`)).toMatchObject({ status: null, error: 'address' })
    expect(accepted()).toBe(0)
  },
)

test('a name with a public and a private address is refused as a whole', async () => {
  const { port, accepted } = await loopbackServers()
  const { server } = await nameServer(() => ['93.184.216.34', '127.0.0.1'])
  const post = testPost({ networks: [], resolve: createResolver({ servers: [server] }) })
  expect(await post(`https://crm.example:${port}/`)).toMatchObject({ status: null, error: 'address' })
  expect(accepted()).toBe(0)
})

test('a name that changes its answer: the judged address is dialed, with one lookup for each connection', async () => {
  const allowed = await rawServer((socket) => answer(socket))
  const inside = await rawServer(answer, { host: '127.0.0.2', port: allowed.port })
  const { server, queries } = await nameServer((_name, lookup) => [lookup % 2 === 1 ? '127.0.0.1' : '127.0.0.2'])
  const resolve = createResolver({ servers: [server] })
  const post = testPost({ networks: [only('127.0.0.1', allowed.port)], resolve })
  for (let i = 1; i <= 6; i++) {
    const expected = i % 2 === 1 ? { status: 200, error: null } : { status: null, error: 'address' }
    expect(await post(`http://rebind.example:${allowed.port}/`)).toMatchObject(expected)
    expect(queries()).toHaveLength(i)
  }
  expect([allowed.accepted(), inside.accepted()]).toEqual([3, 0])
})

test('a redirect is not followed to where the receiver could not be', async () => {
  const inside = await rawServer(answer)
  const statuses = [300, 301, 302, 303, 307, 308]
  const redirects = onRequest((socket) => {
    const headers = `Location: ${inside.url}\r\nRefresh: 0; url=${inside.url}\r\nContent-Length: 0\r\nConnection: close`
    socket.end(`HTTP/1.1 ${statuses[outside.accepted() - 1]} Moved\r\n${headers}\r\n\r\n`)
  })
  const outside = await rawServer(redirects)
  const post = testPost({ networks: [only('127.0.0.1', outside.port)] })
  for (const status of statuses) expect(await post(outside.url)).toMatchObject({ status, error: 'redirect' })
  expect(await post(inside.url)).toMatchObject({ status: null, error: 'address' })
  expect(inside.accepted()).toBe(0)
})

test('port 0 is not the default port', async () => {
  const rules = createAddressRules([{ address: '127.0.0.0', bits: 8, fromPort: 443, toPort: 443 }], [])
  expect(await testPost({ rules })('https://127.0.0.1:0/')).toMatchObject({ status: null, error: 'address' })
})

test('a port of our own servers is refused within an allowed network', async () => {
  const own = await rawServer(answer)
  const other = await rawServer(answer)
  const rules = createAddressRules([{ address: '127.0.0.0', bits: 8, fromPort: 1, toPort: 65_535 }], [own.port])
  const post = testPost({ rules })
  expect(await post(own.url)).toMatchObject({ status: null, error: 'address' })
  expect(await post(other.url)).toMatchObject({ status: 200 })
  expect(own.accepted()).toBe(0)
})

test('a receiver with addresses of both families is reached on the one that answers', async () => {
  const six = await rawServer(answer, { host: '::1' })
  const resolve = async () => [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  expect(await testPost({ resolve })(`http://crm.example:${six.port}/`)).toMatchObject({ status: 200 })
})
