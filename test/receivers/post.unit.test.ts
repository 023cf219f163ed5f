import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { TryResult } from '../../domain/webhooks/post.ts'
import { forever, onRequest, rawServer } from '../support/receivers/raw-server.ts'
import { testPost } from '../support/receivers/receivers.ts'
import { until } from '../support/until.ts'

const head = (status: string, headers = 'Content-Length: 0') => `HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`
const chunked = 'Transfer-Encoding: chunked'
/** Milliseconds that a busy machine may add. */
const slack = 10_000
/** Milliseconds: short, so that what never ends is cut in a test's time; each limit alone, so that no other cuts it. */
const short = { whole: 1_500, body: 400 }
const limitsOf = {
  whole: { whole: short.whole, connect: 20_000, body: 20_000 },
  body: { whole: 40_000, connect: 20_000, body: short.body },
}

interface Row {
  behavior: string
  answer: (socket: Socket) => void
  expected: Partial<TryResult>
  /** The attempt ends at about this limit, not before. */
  endsAt?: keyof typeof short
}

const failed = (error: TryResult['error'], status: number | null = null) => ({ status, error })

/** Each row of docs/webhooks.md, "Results of an attempt". */
const rows: Row[] = [
  {
    behavior: 'never answers',
    answer: (socket) => void socket.resume(),
    expected: failed('timeout'),
    endsAt: 'whole',
  },
  {
    behavior: 'sends a header byte by byte',
    answer: onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX-A: ')
      forever(socket, 'a', 20)
    }),
    expected: failed('timeout'),
    endsAt: 'whole',
  },
  {
    behavior: 'sends 103 Early Hints forever',
    answer: onRequest((socket) => forever(socket, head('103 Early Hints', 'Link: <a>'), 20)),
    expected: failed('timeout'),
    endsAt: 'whole',
  },
  {
    behavior: 'sends headers without end',
    answer: onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      forever(socket, `X-A: ${'b'.repeat(2_000)}\r\n`, 2)
    }),
    expected: failed('bad_response'),
  },
  {
    behavior: 'sends 100 Continue forever',
    answer: onRequest((socket) => forever(socket, head('100 Continue', 'X-A: b'), 20)),
    expected: failed('bad_response'),
  },
  {
    behavior: 'switches protocols',
    answer: onRequest((socket) => {
      socket.write(head('101 Switching Protocols', 'Upgrade: x\r\nConnection: upgrade'))
    }),
    expected: failed('bad_response'),
  },
  {
    behavior: 'does not speak HTTP',
    answer: (socket) => void socket.end('SSH-2.0-OpenSSH_9\r\n'),
    expected: failed('bad_response'),
  },
  { behavior: 'closes at once', answer: (socket) => void socket.end(), expected: failed('reset') },
  { behavior: 'resets', answer: onRequest((socket) => socket.resetAndDestroy()), expected: failed('reset') },
  {
    behavior: 'accepts with a body without end',
    answer: onRequest((socket) => {
      socket.write(head('200 OK', chunked))
      forever(socket, `10000\r\n${'z'.repeat(65_536)}\r\n`, 1)
    }),
    expected: { status: 200, error: null, response: null },
  },
  {
    behavior: 'accepts with a body byte by byte',
    answer: onRequest((socket) => {
      socket.write(head('200 OK', chunked))
      forever(socket, '1\r\na\r\n', 20)
    }),
    expected: { status: 200, error: null },
    endsAt: 'body',
  },
  {
    behavior: 'refuses with a body byte by byte',
    answer: onRequest((socket) => {
      socket.write(head('500 Error', chunked))
      forever(socket, '1\r\na\r\n', 20)
    }),
    expected: { ...failed('status', 500), response: expect.stringMatching(/^a+$/) as string },
    endsAt: 'body',
  },
  {
    behavior: 'cuts a body',
    answer: onRequest((socket) => void socket.end(head('500 Error', 'Content-Length: 100') + 'hello')),
    expected: { ...failed('status', 500), response: 'hello' },
  },
  {
    behavior: 'redirects to a metadata service',
    answer: onRequest((socket) => {
      socket.end(head('301 Moved', 'Location: http://169.254.169.254/\r\nContent-Length: 0'))
    }),
    expected: failed('redirect', 301),
  },
  {
    behavior: 'redirects to itself',
    answer: onRequest((socket) => void socket.end(head('307 Moved', 'Location: /\r\nContent-Length: 0'))),
    expected: failed('redirect', 307),
  },
  {
    behavior: 'is gone',
    answer: onRequest((socket) => void socket.end(head('410 Gone'))),
    expected: failed('status', 410),
  },
  {
    behavior: 'accepts without a body',
    answer: onRequest((socket) => void socket.end(head('204 No Content', 'X-A: b'))),
    expected: { status: 204, error: null, response: null },
  },
  {
    behavior: 'answers NUL, broken UTF-8 and a terminal escape',
    answer: onRequest((socket) => {
      socket.end(
        Buffer.concat([
          Buffer.from(head('500 Error', 'Content-Length: 9')),
          Buffer.from([0, 0xff, 0xfe, 65]),
          Buffer.from('\u001b[2Jé'.slice(0, 4)),
          Buffer.from([0xc3]),
        ]),
      )
    }),
    expected: { ...failed('status', 500), response: '\ufffd\ufffd\ufffdA\ufffd[2J' },
  },
]

test.each(rows)('a receiver that $behavior', async ({ answer, expected, endsAt }) => {
  const server = await rawServer(answer)
  const result = await testPost(endsAt ? { limits: limitsOf[endsAt] } : {})(server.url)
  expect(result).toMatchObject(expected)
  const limit = endsAt ? short[endsAt] : 0
  expect(result.took).toBeGreaterThanOrEqual(limit * 0.9)
  expect(result.took).toBeLessThan(limit + slack)
  expect(JSON.stringify(result)).not.toContain('127.0.0.1')
  // One request, whatever the answer, and nothing of it stays open if the answer had no end.
  expect(server.accepted()).toBe(1)
  if (endsAt) await until(async () => server.open() === 0)
})

test('a port on which nobody listens refuses', async () => {
  const { port } = await rawServer(() => {}, { host: '127.0.0.2' })
  expect(await testPost()(`http://127.0.0.1:${port}/`)).toMatchObject(failed('refused'))
})

test('a body is not unpacked', async () => {
  const packed = gzipSync(Buffer.alloc(50_000_000))
  const server = await rawServer(
    onRequest((socket) => {
      socket.write(head('500 Error', `Content-Encoding: gzip\r\nContent-Length: ${packed.length}`))
      socket.write(packed)
    }),
  )
  const before = process.memoryUsage().rss
  expect(await testPost()(server.url)).toMatchObject({ ...failed('status', 500), response: null })
  expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000)
})

test('at most 1,024 characters of a failure are kept', async () => {
  const server = await rawServer(
    onRequest((socket) => void socket.end(head('500 Error', 'Content-Length: 4000') + 'é'.repeat(2_000))),
  )
  const { response } = await testPost()(server.url)
  expect(response).toBe('é'.repeat(512))
})

test('a connection is used again, and one that the receiver has cut meanwhile costs at most its own try', async () => {
  const server = await rawServer((socket) => {
    onRequest((each) => void each.write(head('200 OK')))(socket)
    socket.setTimeout(1_000, () => socket.destroy())
  })
  const post = testPost()
  const results: (number | null)[] = []
  for (let i = 0; i < 8; i++) {
    results.push((await post(server.url)).status)
    await new Promise((resolve) => setTimeout(resolve, i % 2 === 0 ? 5 : 1_200))
  }
  expect(results.filter((status) => status === 200).length).toBeGreaterThanOrEqual(7)
  expect(server.accepted()).toBeLessThanOrEqual(5)
})
