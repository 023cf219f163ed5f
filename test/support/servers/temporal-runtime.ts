import { DefaultLogger, Runtime } from '@temporalio/worker'

// The runtime is shared by all workers of a process. Importing this file limits its log output.
Runtime.install({
  logger: new DefaultLogger('ERROR', () => {}),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  workerHeartbeatInterval: 0,
  shutdownSignals: [],
})
