import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Value {
  stringValue?: string
  intValue?: number
}
interface Attribute {
  key: string
  value: Value
}
interface ExportedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  attributes: Attribute[]
  status: { code: number }
}
interface Export {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: ExportedSpan[] }[] }[]
}

/** A span as a collector receives it. */
export interface CollectedSpan {
  service: string | number | undefined
  traceId: string
  spanId: string
  parent: string | undefined
  name: string
  kind: string | undefined
  attributes: Record<string, string | number | undefined>
  hasFailed: boolean
}

/** OTLP counts from 0, which is "unspecified". */
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']

const valuesOf = (attributes: Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))

function spansIn(body: string): CollectedSpan[] {
  return (JSON.parse(body) as Export).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ traceId, spanId, parentSpanId, name, kind, attributes, status }) => ({
        service: valuesOf(resource.attributes)['service.name'],
        ...{ traceId, spanId, name },
        parent: parentSpanId,
        kind: kinds[kind],
        attributes: valuesOf(attributes),
        hasFailed: status.code === 2,
      })),
  )
}

export type Collector = Awaited<ReturnType<typeof startCollector>>

/** Starts a receiver of OTLP over HTTP. `respond` returns the HTTP status of an export; undefined: no response. */
export async function startCollector(respond: () => number | undefined = () => 200) {
  const exports: { path: string | undefined; headers: IncomingHttpHeaders; body: string }[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      exports.push({ path: request.url, headers: request.headers, body: Buffer.concat(parts).toString('utf8') })
      const status = respond()
      if (status) response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    spans: () => exports.flatMap(({ body }) => spansIn(body)),
    close(): void {
      server.closeAllConnections()
      server.close()
    },
  }
}
