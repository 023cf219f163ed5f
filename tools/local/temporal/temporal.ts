import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { clientOptions } from '../../../runtime/temporal.ts'
import { withoutTemporal } from '../environment.ts'
import { isAlive, startProgram, waitUntilReady, type RunningProcess, type StartedProgram } from '../processes.ts'
import { stopWithParent } from '../stop-with-parent.ts'
import { searchAttributeNames } from '../../../domain/onboarding/search-attributes.ts'

export interface DevServerOptions {
  program: string
  /** Holds the server's state. Null keeps the state in memory. */
  folder: string | null
  port: number
  uiPort: number | null
  logFile: string
  /** Cancels the start. */
  signal?: AbortSignal
}

export interface DevServer extends RunningProcess {
  address: string
}

/** Starts Temporal's dev server: a real server on SQLite with the UI and our search attributes. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { program, folder, port, uiPort, logFile, signal } = options
  const pidFile = folder && join(folder, 'temporal.pid')
  if (pidFile) await stopLeftover(pidFile)
  const args = [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(folder ? ['--db-filename', databaseName] : []),
    ...searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
    // Task queues have few pollers here. The default of four partitions takes half as much processor time again.
    ...['--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1'],
    ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
  ]
  // The program reads variables and configuration files that the developer's shell sets for other servers.
  const env = { ...withoutTemporal(process.env), TEMPORAL_CONFIG_FILE: noFile }
  // Runs inside its folder: SQLite parses the name as a URI, in which #, ? and % are special.
  const place = folder ? { cwd: folder } : {}
  const started = startProgram(resolve(program), args, { logFile: resolve(logFile), env, ...place })
  const { pid, ended, stop } = started.process
  stopWithParent(started.process, 'SIGTERM')
  if (pidFile) {
    writeFileSync(pidFile, String(pid))
    void ended.then(() => forget(pidFile, pid))
  }
  const address = `127.0.0.1:${port}`
  // Until our server says that it listens, another program's server may respond on the port. Errors name the port too.
  const listens = new RegExp(`Server:.*:${port}$`, 'm')
  await waitUntilServing(address, started, logFile, { signal, isOurs: () => listens.test(started.output()) })
  // Temporal creates the tables only in a file that it creates itself.
  if (folder) chmodSync(join(folder, databaseName), 0o600)
  return { pid, ended, stop: () => stop('SIGTERM', 5_000), address }
}

const noFile = '/dev/null'
const databaseName = 'temporal.db'

/** Removes a pid file unless it names another process by now. */
function forget(pidFile: string, pid: number): void {
  if (existsSync(pidFile) && readFileSync(pidFile, 'utf8') === String(pid)) rmSync(pidFile, { force: true })
}

async function stopLeftover(pidFile: string): Promise<void> {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
  if (!pid || !isAlive(pid)) return
  const command = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : 'start-dev'
  if (!command.includes('start-dev')) return
  process.kill(pid, 'SIGTERM')
  for (let i = 0; i < 100 && isAlive(pid); i++) await sleep(100)
}

/** Waits until the server serves its namespace and `isOurs` returns true. */
export async function waitUntilServing(
  address: string,
  started: StartedProgram,
  logFile: string,
  { signal, isOurs = () => true }: { signal?: AbortSignal | undefined; isOurs?: () => boolean } = {},
): Promise<void> {
  const connection = Connection.lazy(clientOptions({ address }))
  const isReady = () =>
    connection
      .withDeadline(Date.now() + 1_000, () => connection.workflowService.describeNamespace({ namespace: 'default' }))
      .then(isOurs, () => false)
  try {
    await waitUntilReady(started, { name: 'Temporal', logFile, signal, isReady })
  } finally {
    await connection.close()
  }
}
