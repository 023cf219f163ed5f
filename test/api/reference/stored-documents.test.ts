import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { createApp } from '../../../api/app.ts'
import type { AppDependencies } from '../../../api/dependencies.ts'
import { silentLog } from '../../../runtime/log.ts'

const checks = { database: async () => ({ isUsable: true }), temporal: async () => true }
const dependencies = {
  publicUrl: 'https://pay.example.com',
  rateLimit: { store: 'memory', perMinute: 1, failuresPerMinute: 1 },
  log: silentLog,
} as unknown as AppDependencies
const app = createApp(dependencies, checks)

const docs = await (await app.request('/docs')).text()
const assets = app.routes.map(({ path }) => path).filter((path) => path.startsWith('/assets/'))
const documents = ['/openapi.json', '/llms.txt', '/docs', '/docs/errors', ...assets]

test('every asset that the reference names is tested here', () => {
  const named = [...docs.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)
  expect(named).toHaveLength(2)
  expect(assets).toEqual(expect.arrayContaining(named))
  expect(assets).toHaveLength(11)
})

test.each(documents)('%s is sent with an ETag, and 304 is returned for that version', async (path) => {
  const first = await app.request(path)
  const etag = first.headers.get('ETag')!
  expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[\w-]{43}"$/)])
  expect(first.headers.get('Cache-Control')).toBe(
    path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, no-cache',
  )
  expect(first.headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(first.headers.get('Vary')).toBe(path.startsWith('/assets/') ? 'Accept-Encoding' : null)
  const body = await first.text()
  expect(body.length).toBeGreaterThan(100)
  for (const known of [etag, `W/${etag}`, `"another", ${etag}`, '*']) {
    const again = await app.request(path, { headers: { 'If-None-Match': known } })
    expect([known, again.status, again.headers.get('ETag'), await again.text()]).toEqual([known, 304, etag, ''])
    expect(again.headers.get('Cache-Control')).toBe(first.headers.get('Cache-Control'))
  }
  const other = await app.request(path, { headers: { 'If-None-Match': '"another"' } })
  expect([other.status, await other.text()]).toEqual([200, body])
})

const unpack = { br: brotliDecompressSync, gzip: gunzipSync }

test.each(assets)(
  '%s is sent compressed to those who accept it, each encoding with an ETag of its own',
  async (path) => {
    const request = (accept: string, known?: string) =>
      app.request(path, { headers: { 'Accept-Encoding': accept, ...(known ? { 'If-None-Match': known } : {}) } })
    const plain = await app.request(path)
    const text = await plain.text()
    expect(plain.headers.has('Content-Encoding')).toBe(false)
    const tags = [plain.headers.get('ETag')]
    for (const [accept, encoding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['GZIP;q=0.5, br;q=0', 'gzip'],
      ['*', 'br'],
    ] as const) {
      const { headers, status, ...answer } = await answerOf(await request(accept))
      expect([status, headers.get('Content-Encoding'), headers.get('Vary')]).toEqual([200, encoding, 'Accept-Encoding'])
      expect(unpack[encoding](answer.body).toString()).toBe(text)
      if (text.length > 1_000) expect(answer.body.length).toBeLessThan(text.length / 1.5)
      const tag = headers.get('ETag')!
      if (accept !== '*') expect(tags).not.toContain(tag)
      tags.push(tag)
      expect((await request(accept, tag)).status).toBe(304)
      expect((await request(accept, tags[0]!)).status).toBe(200)
    }
    for (const accept of ['', 'identity', 'br;q=0, gzip;q=0.0', 'deflate'])
      expect((await request(accept)).headers.has('Content-Encoding')).toBe(false)
  },
)

const answerOf = async (answer: Response) => ({
  status: answer.status,
  headers: answer.headers,
  body: Buffer.from(await answer.arrayBuffer()),
})

test('the OpenAPI document is generated once', async () => {
  const fresh = createApp(dependencies, checks)
  const made = vi.spyOn(fresh, 'getOpenAPI31Document')
  for (let i = 0; i < 3; i++) expect((await fresh.request('/openapi.json')).status).toBe(200)
  expect(made).toHaveBeenCalledTimes(1)
})

test('other calls do not wait for documents; document requests above the limit return 503', async () => {
  const order: string[] = []
  const large = Array.from({ length: 600 }, async () => {
    const answer = await app.request('/openapi.json')
    if (answer.status === 200) order.push('document')
    return answer
  })
  const health = Promise.resolve(app.request('/healthz')).then(() => order.push('healthz'))
  const answers = await Promise.all(large)
  await health
  expect(order.indexOf('healthz')).toBeLessThan(3)
  const refused = answers.filter(({ status }) => status !== 200)
  expect(order.length).toBeGreaterThan(50)
  expect(refused.length).toBeGreaterThan(50)
  for (const { status, headers } of refused) {
    expect([status, headers.get('Retry-After'), headers.get('Cache-Control')]).toEqual([503, '2', 'no-store'])
    expect(headers.has('ETag')).toBe(false)
  }
  expect((await app.request('/openapi.json')).status).toBe(200)
})

test('files of a customer’s page are sent under any load of document requests, and HEAD is cheap', async () => {
  const heads = await Promise.all(Array.from({ length: 1_000 }, () => app.request('/openapi.json', { method: 'HEAD' })))
  for (const { status } of heads) expect(status).toBe(200)
  expect((await app.request('/docs/errors')).status).toBe(200)
  const flood = Array.from({ length: 600 }, () => app.request('/openapi.json'))
  const needed = assets.filter((path) => /\/(page\.css|browser\.js|restore\.js|old-browser\.js|icon\.svg)$/.test(path))
  expect(needed).toHaveLength(5)
  const answers = await Promise.all(needed.map(async (path) => (await app.request(path)).status))
  expect(answers).toEqual(needed.map(() => 200))
  expect((await Promise.all(flood)).some(({ status }) => status === 503)).toBe(true)
})
