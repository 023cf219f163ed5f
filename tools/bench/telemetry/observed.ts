import { release } from '../../../domain/release.ts'
import { metricsWithRecord } from '../../../metrics/record.ts'
import { measureProcess, registry } from '../../../metrics/registry.ts'
import { serveMetrics } from '../../../runtime/http/metrics-server.ts'
import type { Gateways } from '../../../gateways/gateways.ts'
import type { Database } from '../../../store/database/database.ts'
import { readRecordState } from '../../../store/measures/record-state.ts'
import { startTracing } from '../../../traces/start.ts'
import { openSdkMetrics, type SdkMetrics } from '../../../worker/sdk-metrics.ts'

// What a measured process reports, by its environment: spans to BENCH_COLLECTOR_URL, metrics on BENCH_METRICS_PORT. It
// reports as the API and the worker do, and nothing without these variables.

const { BENCH_COLLECTOR_URL: url, BENCH_METRICS_PORT: port } = process.env

/** Turns the export of spans on. Call it before the database is opened. Returns how to export what is left. */
export async function exportSpans(): Promise<() => Promise<void>> {
  if (!url) return async () => {}
  const config = { url, headers: {}, attributes: {}, sampler: 'parentbased_always_on', ratio: 1 } as const
  return startTracing(config, { service: 'bench', release, log: console })
}

/** Lets Temporal's SDK measure itself, with the metrics of the process. */
export const measureSdk = async (): Promise<SdkMetrics | undefined> => (port ? openSdkMetrics() : undefined)

/** Serves the metrics of the process. */
export async function reportMetrics(database: Database, gateways: Gateways, sdk?: SdkMetrics): Promise<void> {
  if (!port) return
  measureProcess()
  const ours = metricsWithRecord(() => readRecordState(database, gateways.listOfInstallation()))
  const metrics = async (patience: number) => (sdk ? `${await ours(patience)}\n${await sdk.read()}` : ours(patience))
  const health = () => ({ isHealthy: true })
  const { contentType } = registry
  await serveMetrics({ host: '127.0.0.1', port: Number(port), metrics, contentType, health })
}
