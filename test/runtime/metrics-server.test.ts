import { expect, test } from 'vitest'
import { readConfig } from '../../runtime/config.ts'
import { serveMetrics } from '../../runtime/http/metrics-server.ts'
import { freePort } from '../../tools/local/ports.ts'

const options = { host: '127.0.0.1', contentType: 'text/plain', health: () => ({ isHealthy: false, parts: 1 }) }

test('serves metrics and health, and reports a port that is in use', async () => {
  const port = await freePort()
  let failing = false
  const metrics = async () => {
    if (failing) throw new TypeError('with a secret')
    return 'a 1\n'
  }
  const close = await serveMetrics({ ...options, port, metrics })
  const request = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
    const { status, headers } = response
    const always = [headers.get('Cache-Control'), headers.get('X-Content-Type-Options')]
    expect(always, `${method} ${path} ${status}`).toEqual(['no-store', 'nosniff'])
    expect(headers.get('Allow')).toBe(status === 405 ? 'GET, HEAD' : null)
    return response
  }
  const ask = async (path: string) => {
    const response = await request(path)
    return [response.status, await response.text()]
  }
  expect(await ask('/metrics')).toEqual([200, 'a 1\n'])
  expect(await ask('/healthz')).toEqual([503, '{"status":"failed","parts":1}'])
  expect(await ask('/v1/customers')).toEqual([404, 'only /metrics and /healthz\n'])
  for (const method of ['POST', 'DELETE', 'OPTIONS'])
    for (const path of ['/metrics', '/healthz', '/v1/customers'])
      expect((await request(path, method)).status, `${method} ${path}`).toBe(405)
  expect((await request('/metrics', 'HEAD')).status).toBe(200)
  failing = true
  expect(await ask('/metrics')).toEqual([500, 'TypeError\n'])
  await expect(serveMetrics({ ...options, port, metrics })).rejects.toThrow(
    `METRICS_PORT ${port} is in use at 127.0.0.1 by another program`,
  )
  close()
})

test('metrics are told for how long they may wait: half of what the scraper waits, and at most 5 seconds', async () => {
  const port = await freePort()
  const close = await serveMetrics({ ...options, port, metrics: async (patience) => String(patience) })
  const patienceFor = async (seconds?: string) => {
    const headers: HeadersInit = seconds ? { 'X-Prometheus-Scrape-Timeout-Seconds': seconds } : {}
    return (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text()
  }
  expect(await Promise.all(['1', '0.5', '10', '60', '0', '-1', 'soon', undefined].map(patienceFor))).toEqual([
    ...['500', '250', '5000', '5000'],
    ...['5000', '5000', '5000', '5000'],
  ])
  close()
})

test('without METRICS_PORT there are no metrics, and it must not be the port of the API', () => {
  expect(readConfig({}, []).metrics).toBeUndefined()
  expect(readConfig({ METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' }, []).metrics).toEqual({
    host: '0.0.0.0',
    port: 9464,
  })
  const links = { SETUP_LINK_SECRETS: 'a-secret-that-only-this-test-knows-of' }
  expect(() => readConfig({ ...links, METRICS_PORT: '8080' }, ['links'])).toThrow(
    'METRICS_PORT must differ from PORT: metrics are never served on the port of the API',
  )
  expect(() => readConfig({ METRICS_PORT: '0' }, [])).toThrow('METRICS_PORT must be a whole number from 1 to 65535')
})
