import { Hono } from 'hono'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { accessLog, requestIdOf } from '../../../api/call/access-log.ts'
import { lineFormat } from '../../../runtime/log.ts'

const lines: Record<string, unknown>[] = []
const log = pino(
  { level: 'debug', ...lineFormat },
  { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[0]) },
)
const door = new Hono()
  .get('/v1/customers/:id', (c) => c.json({ id: requestIdOf(c) }))
  .get('/v1/broken', () => {
    throw new Error('broken')
  })
  .onError((_, c) => c.json({ id: requestIdOf(c) }, 500))
const app = new Hono()
app.use(accessLog(log))
app.get('/healthz', (c) => c.text('ok'))
app.route('/', door)

test('logs one line per call with its route and id, and without path, query or token', async () => {
  for (const path of [
    '/v1/customers/ada@example.com?token=secret',
    '/v1/broken?token=secret',
    '/nowhere/secret',
    '/healthz',
  ]) {
    lines.length = 0
    const answer = await app.request(path)
    const id = answer.headers.get('X-Request-Id')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ request_id: id, method: 'GET', status: answer.status, msg: 'request' })
    expect(JSON.stringify(lines)).not.toMatch(/secret|ada@|token/)
    if (path.startsWith('/v1')) expect(await answer.json()).toEqual({ id })
  }
})

test('lines have ISO times and level names; probes are logged at debug', async () => {
  lines.length = 0
  await app.request('/v1/customers/x')
  await app.request('/healthz')
  expect(lines.map(({ level, route }) => [level, route])).toEqual([
    ['info', '/v1/customers/:id'],
    ['debug', '/healthz'],
  ])
  expect(lines[0]!.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})
