import { createServer, type AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Agent } from 'undici'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { createAuthority, type Authority, type ServerCertificate } from '../support/receivers/certificates.ts'
import { testPost } from '../support/receivers/receivers.ts'

let authority: Authority
beforeAll(async () => {
  authority = await createAuthority()
})

/** Starts an HTTPS server that returns 200. Returns its port, and how many requests it read. */
async function serve(certificate: ServerCertificate): Promise<{ port: number; requests: () => number }> {
  let requests = 0
  const server = createTlsServer(certificate, (socket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      requests++
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, requests: () => requests }
}

const post = () =>
  testPost({ certificates: authority.root, resolve: async () => [{ address: '127.0.0.1', family: 4 }] })

test('a valid certificate for the host name is accepted', async () => {
  const { port } = await serve(await authority.issue('crm.example'))
  expect(await post()(`https://crm.example:${port}/`)).toMatchObject({ status: 200, error: null })
})

test.each<[string, () => Promise<ServerCertificate>]>([
  ['self-signed', () => authority.selfSigned('crm.example')],
  ['expired', () => authority.issue('crm.example', { from: -30, to: -1 })],
  ['not yet valid', () => authority.issue('crm.example', { from: 1, to: 30 })],
  ['for another name', () => authority.issue('other.example')],
  ['from another authority', async () => (await createAuthority()).issue('crm.example')],
])('a certificate that is %s is refused, and nothing is sent', async (_what, certificate) => {
  const { port, requests } = await serve(await certificate())
  const result = await post()(`https://crm.example:${port}/`)
  expect(result).toEqual({ status: null, error: 'tls', response: null, retryAfter: null, took: expect.any(Number) })
  expect(requests()).toBe(0)
})

test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not disable verification', async () => {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  onTestFinished(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  })
  const { port, requests } = await serve(await authority.selfSigned('crm.example'))
  const lax = new Agent()
  onTestFinished(() => lax.destroy())
  const { statusCode } = await lax.request({ origin: `https://127.0.0.1:${port}`, path: '/', method: 'POST' })
  expect([statusCode, requests()]).toEqual([200, 1])
  expect(await post()(`https://crm.example:${port}/`)).toMatchObject({ status: null, error: 'tls' })
  expect(requests()).toBe(1)
})

test('a server that does not speak TLS is refused', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  expect(await post()(`https://crm.example:${port}/`)).toMatchObject({ status: null, error: 'tls' })
})

test('a connection to a server that never completes the handshake times out', async () => {
  const server = createServer((socket) => void socket.on('error', () => {}).resume())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const result = await testPost({ limits: { whole: 20_000, connect: 1_000, body: 400 } })(`https://127.0.0.1:${port}/`)
  expect(result).toMatchObject({ status: null, error: 'timeout' })
  expect(result.took).toBeGreaterThanOrEqual(900)
  expect(result.took).toBeLessThan(10_000)
})
