import { createServer, type IncomingMessage } from 'node:http'
import { whyNotListening } from './not-listening.ts'

export interface MetricsServerOptions {
  host: string
  port: number
  /** Returns the metrics as text. `patience`: milliseconds after which it returns what it has. */
  metrics: (patience: number) => Promise<string>
  contentType: string
  /** Returns whether the process does its work, and what to say about it. */
  health: () => { isHealthy: boolean } & Record<string, unknown>
}

/** Headers of every response. Nothing here depends on a credential, so there is no `Vary`. */
const always = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }

/** Milliseconds: half of what Prometheus waits by default. */
const longestPatience = 5_000

/** Returns half of the time that the scraper waits, which Prometheus sends as a header (seconds). */
function patienceOf({ headers }: IncomingMessage): number {
  const waits = Number(headers['x-prometheus-scrape-timeout-seconds'])
  return waits > 0 ? Math.min(waits * 500, longestPatience) : longestPatience
}

/**
 * Serves `/metrics` and `/healthz` for Prometheus and probes, on a port that is never public. Rejects with a
 * one-sentence error if the address cannot be used. Returns a function that closes the port.
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<() => void> {
  const { host, port, metrics, contentType, health } = options
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string, more: Record<string, string> = {}) =>
      response.writeHead(status, { ...always, 'Content-Type': type, ...more }).end(body)
    const path = request.url?.split('?')[0]
    // Anything else could be meant for another server.
    if (!['GET', 'HEAD'].includes(request.method ?? ''))
      answer(405, 'text/plain', 'only GET and HEAD\n', { Allow: 'GET, HEAD' })
    else if (path === '/metrics')
      metrics(patienceOf(request)).then(
        (text) => answer(200, contentType, text),
        (error: unknown) => answer(500, 'text/plain', `${(error as Error).name}\n`),
      )
    else if (path === '/healthz') {
      const { isHealthy, ...rest } = health()
      answer(
        isHealthy ? 200 : 503,
        'application/json',
        JSON.stringify({ status: isHealthy ? 'ok' : 'failed', ...rest }),
      )
    } else answer(404, 'text/plain', 'only /metrics and /healthz\n')
  })
  await new Promise<void>((resolve, reject) => {
    const names = { port: 'METRICS_PORT', host: 'METRICS_HOST' }
    server.once('error', (error) => reject(new Error(whyNotListening(error, host, port, names))))
    server.listen(port, host, resolve)
  })
  // It must not keep a process alive that has ended its work.
  server.unref()
  return () => {
    server.closeAllConnections()
    server.close()
  }
}
