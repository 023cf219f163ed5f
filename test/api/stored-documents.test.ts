import { expect, test, vi } from 'vitest'
import { createApp } from '../../api/app.ts'
import type { ApiDependencies } from '../../api/dependencies.ts'

const checks = { database: async () => ({ isUsable: true }), temporal: async () => true }
const app = createApp({ publicUrl: 'https://pay.example.com' } as unknown as ApiDependencies, checks)

const docs = await (await app.request('/docs')).text()
const assets = app.routes.map(({ path }) => path).filter((path) => path.startsWith('/assets/'))
const documents = ['/openapi.json', '/docs', '/docs/errors', ...assets]

test('the reference names its assets, and every asset is looked at here', () => {
  const named = [...docs.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)
  expect(named).toHaveLength(4)
  expect(assets).toEqual(expect.arrayContaining(named))
  expect(assets).toHaveLength(6)
})

test.each(documents)('%s is answered with a tag, and 304 to who has that version', async (path) => {
  const first = await app.request(path)
  const etag = first.headers.get('ETag')!
  expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[\w-]{43}"$/)])
  expect(first.headers.get('Cache-Control')).toBe(
    path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, no-cache',
  )
  expect(first.headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(first.headers.has('Vary')).toBe(false)
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

test('the OpenAPI document is made once', async () => {
  const fresh = createApp({ publicUrl: 'https://pay.example.com' } as unknown as ApiDependencies, checks)
  const made = vi.spyOn(fresh, 'getOpenAPI31Document')
  for (let i = 0; i < 3; i++) expect((await fresh.request('/openapi.json')).status).toBe(200)
  expect(made).toHaveBeenCalledTimes(1)
})
