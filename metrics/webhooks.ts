import { Counter, Histogram } from 'prom-client'
import { registry } from './registry.ts'

const tries = new Counter({
  name: 'webhook_tries_total',
  help: 'Attempts to deliver an event to a webhook endpoint.',
  labelNames: ['outcome'],
  registers: [registry],
})

const lag = new Histogram({
  name: 'webhook_delivery_lag_seconds',
  help: 'Time between an event and its delivery.',
  buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 28_800, 86_400, 259_200],
  registers: [registry],
})

for (const outcome of ['delivered', 'refused']) tries.inc({ outcome }, 0)

/** Records an attempt to deliver an event that was written `seconds` ago. */
export function deliveryTried(outcome: 'delivered' | 'refused', seconds: number): void {
  tries.inc({ outcome })
  if (outcome === 'delivered') lag.observe(Math.max(0, seconds))
}
