import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { onRequest, rawServer } from '../support/receivers/raw-server.ts'
import { testPost } from '../support/receivers/receivers.ts'

const head = (status: string, headers = 'Content-Length: 0') => `HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`

test('a request is signed, names the service, and sends its body unchanged', async () => {
  const received: {
    headers: Record<string, unknown>
    body: string
    method: string | undefined
    url: string | undefined
  }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { headers, method, url } = request
    received.push({ headers, method, url, body: Buffer.concat(chunks).toString() })
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const body = '{"name":"Müller 💳"}'
  const headers = { 'X-Route': 'crm', 'Webhook-Id': 'forged', 'User-Agent': 'forged', Cookie: 'a=b' }
  await testPost()(`http://127.0.0.1:${port}/hooks?team=a%20b`, {
    body,
    headers,
    at: new Date('2026-11-27T10:14:48.999Z'),
  })
  expect(received).toEqual([
    {
      method: 'POST',
      url: '/hooks?team=a%20b',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'billing-onboarding/1 (+https://billing.example/docs)',
        'webhook-id': 'evt_1',
        'webhook-timestamp': '1795774488',
        'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
        'x-route': 'crm',
        cookie: 'a=b',
        host: `127.0.0.1:${port}`,
        connection: 'keep-alive',
        'content-length': String(Buffer.byteLength(body)),
      },
    },
  ])
})

test.each([
  ['429', '120', 120],
  ['503', '120', 120],
  ['429', '99999999999999999999999', 3_600],
  ['429', 'Wed, 21 Oct 2099 07:28:00 GMT', 3_600],
  ['429', '-5', null],
  ['429', 'soon', null],
  ['500', '120', null],
])('status %s with Retry-After: %s rests for %s seconds', async (status, header, seconds) => {
  const server = await rawServer(
    onRequest((socket) => void socket.end(head(`${status} Error`, `Retry-After: ${header}\r\nContent-Length: 0`))),
  )
  expect(await testPost()(server.url)).toMatchObject({ status: Number(status), error: 'status', retryAfter: seconds })
})

test('a proxy of the environment is not used', async () => {
  const proxy = await rawServer(onRequest((socket) => void socket.end(head('200 OK'))))
  const receiver = await rawServer(onRequest((socket) => void socket.end(head('204 No Content', 'X-A: b'))))
  for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']) {
    const before = process.env[name]
    process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.url
    onTestFinished(() => void (before === undefined ? delete process.env[name] : (process.env[name] = before)))
  }
  expect(await testPost()(receiver.url)).toMatchObject({ status: 204 })
  expect(proxy.accepted()).toBe(0)
})
