import { createServer, type AddressInfo } from 'node:net'
import type { TelemetryOptions } from '@temporalio/worker'

/** The metrics of the Temporal SDK, which its Rust core serves itself. */
export interface SdkMetrics {
  telemetry: NonNullable<TelemetryOptions['metrics']>
  /** Returns them as text. Throws if the core does not respond. */
  read(): Promise<string>
}

/**
 * Lets the SDK measure itself on a free port of the loopback interface. Durations are in seconds, and names end with
 * their unit, as Prometheus recommends.
 */
export async function openSdkMetrics(): Promise<SdkMetrics> {
  const bindAddress = `127.0.0.1:${await freePort()}`
  const names = { countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true }
  return {
    telemetry: { prometheus: { bindAddress, ...names } },
    async read() {
      const response = await fetch(`http://${bindAddress}/metrics`, { signal: AbortSignal.timeout(2_000) })
      return response.text()
    },
  }
}

/** The core does not report the port that it was given for port 0. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
