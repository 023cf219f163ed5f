import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Starts a collector that accepts spans (OTLP over HTTP) and discards them. */
export async function startCollector() {
  let bytes = 0
  const server = createServer((request, response) => {
    request.on('data', (part: Buffer) => (bytes += part.length))
    request.on('end', () => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    /** How many bytes arrived. */
    received: () => bytes,
    close(): void {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Reads metrics once a second, which is more often than usual, until the returned function is called. */
export function startScraping(port: number): () => void {
  const scrape = () =>
    fetch(`http://127.0.0.1:${port}/metrics`)
      .then((response) => response.text())
      .catch(() => {})
  const timer = setInterval(() => void scrape(), 1_000)
  return () => clearInterval(timer)
}
