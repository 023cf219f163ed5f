import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { searchAttributeNames } from '../workflows/messages.ts'
import { isAlive, startProgram, type RunningProcess } from './processes.ts'

export interface DevServerOptions {
  program: string
  /** Holds its state; null keeps it in memory. */
  folder: string | null
  port: number
  uiPort: number | null
  logFile: string
}

export interface DevServer extends RunningProcess {
  address: string
}

/** Starts Temporal's dev server: a real server on SQLite with its UI, knowing our search attributes. */
export async function startTemporal(options: DevServerOptions): Promise<DevServer> {
  const { program, folder, port, uiPort, logFile } = options
  const pidFile = folder && join(folder, 'temporal.pid')
  if (pidFile) await stopLeftover(pidFile)
  const args = [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(folder ? ['--db-filename', join(folder, 'temporal.db')] : []),
    ...searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
  ]
  const { process: server } = startProgram(program, args, { logFile })
  if (pidFile) writeFileSync(pidFile, String(server.pid))
  const address = `127.0.0.1:${port}`
  await waitUntilServing(address, server, logFile)
  return { pid: server.pid, ended: server.ended, stop: () => server.stop('SIGTERM', 5_000), address }
}

async function stopLeftover(pidFile: string): Promise<void> {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
  if (!pid || !isAlive(pid)) return
  const command = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : 'start-dev'
  if (!command.includes('start-dev')) return
  process.kill(pid, 'SIGTERM')
  for (let i = 0; i < 100 && isAlive(pid); i++) await sleep(100)
}

/** Waits until the server answers for its namespace. */
export async function waitUntilServing(
  address: string,
  server: RunningProcess,
  logFile: string,
  namespace = 'default',
): Promise<void> {
  let ended = false
  void server.ended.then(() => (ended = true))
  const connection = Connection.lazy({ address })
  try {
    for (let i = 0; i < 150 && !ended; i++) {
      const serving = await connection
        .withDeadline(Date.now() + 1_000, () => connection.workflowService.describeNamespace({ namespace }))
        .then(() => true)
        .catch(() => false)
      if (serving) return
      await sleep(100)
    }
  } finally {
    await connection.close()
  }
  throw new Error(`Temporal did not start; see ${logFile}`)
}
