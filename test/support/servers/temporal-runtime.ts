import { DefaultLogger, Runtime } from '@temporalio/worker'

// One for all workers of a process; whoever imports this makes sure that it is quiet.
Runtime.install({
  logger: new DefaultLogger('ERROR', () => {}),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  workerHeartbeatInterval: 0,
  shutdownSignals: [],
})
