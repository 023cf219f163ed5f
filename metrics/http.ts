import { Histogram } from 'prom-client'
import { callBuckets, registry } from './registry.ts'

const requests = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Duration of calls of the API and the hosted page. For a call that waited for a change, of its last pass.',
  labelNames: ['door', 'method', 'route', 'status'],
  buckets: callBuckets,
  registers: [registry],
})

/** The door of a route, by the beginning of its pattern; the first that matches. */
const doors: [start: string, door: string][] = [
  ['/public/edge/setup-billing', 'hosted_page'],
  ['/public/edge', 'edge'],
  ['/apis/public/edge', 'edge'],
  ['/billing-io', 'billing_io'],
  ['/moment', 'moment'],
  ['/flexprice', 'flexprice'],
  ['/webhooks', 'gateway_webhooks'],
  ['/v1', 'native'],
]
const doorOf = (route: string) => doors.find(([start]) => route.startsWith(start))?.[1] ?? 'service'

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export interface MeasuredRequest {
  method: string
  /** The pattern of the route, never the path. */
  route: string
  status: number
  seconds: number
}

/** Records one call. */
export function requestEnded({ method, route, status, seconds }: MeasuredRequest): void {
  const labels = { door: doorOf(route), method: methods.has(method) ? method : 'other', route, status }
  requests.observe(labels, seconds)
}
