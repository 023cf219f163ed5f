import { Histogram } from 'prom-client'
import { registry } from './registry.ts'

const waits = new Histogram({
  name: 'db_pool_wait_seconds',
  help: 'How long transactions waited for a connection of their pool.',
  labelNames: ['pool'],
  buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10],
  registers: [registry],
})

/** Records how long a transaction waited for a connection, in milliseconds. `pool` is the name given in the code. */
export const connectionTaken = (pool: string, milliseconds: number): void =>
  waits.observe({ pool }, milliseconds / 1_000)
