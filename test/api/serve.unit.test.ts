import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { serveApi } from '../../api/serve.ts'
import { until } from '../support/until.ts'

let release = () => {}
const app = new Hono()
  .get('/', (c) => c.text('here'))
  .get('/stream', () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('begun')) })))
  .get('/slow', async (c) => {
    await new Promise<void>((resolve) => (release = resolve))
    return c.text('done')
  })

/** Sends a text to a server. Returns what it sends until it closes the connection. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part)).on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return Buffer.concat(parts).toString()
}

const serve = (keepAlive = 65, port = 0) => serveApi({ fetch: app.fetch, port, hostname: '127.0.0.1', keepAlive })

test('an idle connection is kept as long as configured, and not much longer', async () => {
  const serving = serve(1)
  const socket = connect(await serving.listening, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: api\r\n\r\n')
  await once(socket, 'data')
  const idleSince = Date.now()
  await once(socket.resume(), 'end')
  const idle = Date.now() - idleSince
  // Node adds a second of its own, so that a request which is on its way still finds the connection.
  expect([idle > 900, idle < 10_000]).toEqual([true, true])
  socket.destroy()
  await serving.drain(0)
})

test('a drain accepts calls with Connection: close, then rejects new ones and completes running ones', async () => {
  const serving = serve()
  const url = `http://127.0.0.1:${await serving.listening}`
  const drained = serving.drain(5_000)
  await sleep(200)
  const during = await fetch(url)
  expect([during.status, during.headers.get('Connection')]).toEqual([200, 'close'])
  const slow = fetch(`${url}/slow`)
  const refused = () =>
    fetch(url).then(
      () => '',
      (error: Error) => error.message,
    )
  expect(await until(refused)).toBe('fetch failed')
  release()
  expect(await (await slow).text()).toBe('done')
  await drained
})

test('a connection that was opened in advance does not hold up a drain', async () => {
  const serving = serve()
  const socket = connect(await serving.listening, '127.0.0.1')
  await once(serving.server, 'connection')
  const closed = once(socket.resume(), 'close')
  const drained = serving.drain(100)
  await Promise.all([drained, closed])
})

test('a call whose request has not arrived completely is completed by a drain', async () => {
  const serving = serve()
  const socket = connect(await serving.listening, '127.0.0.1')
  let answer = ''
  socket.on('data', (part: Buffer) => void (answer += part.toString()))
  socket.write('GET / HTTP/1.1\r\n')
  await once(serving.server, 'connection')
  const drained = serving.drain(0)
  await sleep(300)
  socket.write('Host: api\r\n\r\n')
  await Promise.all([drained, once(socket, 'close')])
  expect(answer).toContain('200 OK')
})

test('reports an unusable address in one sentence', async () => {
  const first = serve()
  const port = await first.listening
  await expect(serve(65, port).listening).rejects.toThrow(`PORT ${port} is in use at 127.0.0.1 by another program`)
  const elsewhere = serveApi({ fetch: app.fetch, port: 0, hostname: '192.0.2.1', keepAlive: 65 })
  await expect(elsewhere.listening).rejects.toThrow('HOST 192.0.2.1 is not an address of this machine')
  await first.drain(0)
})

const chunked = 'POST /slow HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n\r\n'
test.each([
  ['400 Bad Request', 'a method that does not exist', 'FOO / HTTP/1.1\r\nHost: api\r\n\r\n'],
  ['400 Bad Request', 'no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['400 Bad Request', 'a Host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
  ['400 Bad Request', 'a backslash in the path', 'GET /v1\\customers HTTP/1.1\r\nHost: api\r\n\r\n'],
  ['400 Bad Request', 'a chunk without a length', `${chunked}ZZ\r\n{}`],
  ['413 Payload Too Large', 'the extension of a chunk', `${chunked}2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
  ['417 Expectation Failed', 'an expectation', 'GET / HTTP/1.1\r\nHost: api\r\nExpect: more\r\n\r\n'],
  ['431 Request Header Fields Too Large', 'headers', `GET / HTTP/1.1\r\nHost: api\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`],
])('%s for what is not valid HTTP (%s) has the headers of all responses', async (status, _what, text) => {
  const serving = serveApi({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', keepAlive: 65, hstsSeconds: 600 })
  const [head, body] = (await exchange(await serving.listening, text)).split('\r\n\r\n')
  const [first, ...lines] = head!.split('\r\n')
  expect(first).toBe(`HTTP/1.1 ${status}`)
  expect(Object.fromEntries(lines.map((line) => line.toLowerCase().split(': ')))).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    vary: 'authorization, x-api-key',
    'strict-transport-security': 'max-age=600',
    'content-type': 'application/json',
    connection: 'close',
  })
  const code = /^4(13|31)/.test(status) ? 'too_large' : 'invalid_request'
  expect(JSON.parse(body!)).toEqual({ error: { code, message: expect.any(String) } })
  await serving.drain(0)
})

test('a load balancer that probes with HTTP/1.0 needs no Host', async () => {
  const serving = serve()
  const answer = await exchange(await serving.listening, 'GET / HTTP/1.0\r\n\r\n')
  expect([answer.split('\r\n')[0], answer.endsWith('here')]).toEqual(['HTTP/1.1 200 OK', true])
  await serving.drain(0)
})

test('what cannot be parsed behind a response that has begun ends the connection, and adds nothing to it', async () => {
  const serving = serve()
  const socket = connect(await serving.listening, '127.0.0.1')
  let answer = ''
  socket.on('data', (part: Buffer) => void (answer += part.toString())).on('error', () => {})
  socket.write('GET /stream HTTP/1.1\r\nHost: api\r\n\r\n')
  await expect.poll(() => answer).toContain('begun')
  socket.write('FOO / HTTP/9\r\n\r\n')
  await once(socket, 'close')
  expect(answer).not.toContain('400')
  await serving.drain(0)
})

test('a response that fails below the app is 500 with the same headers', async () => {
  const fails = () => Promise.reject(new Error('below the app'))
  const serving = serveApi({ fetch: fails, port: 0, hostname: '127.0.0.1', keepAlive: 65 })
  const answer = await fetch(`http://127.0.0.1:${await serving.listening}`)
  expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([500, 'no-store'])
  expect(await answer.json()).toEqual({ error: { code: 'internal', message: 'the request could not be processed' } })
  await serving.drain(0)
})
