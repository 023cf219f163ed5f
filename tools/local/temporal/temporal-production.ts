import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { Connection } from '@temporalio/client'
import { clientOptions } from '../../../runtime/temporal.ts'
import { freeLowPorts } from '../ports.ts'
import { startProgram, waitUntilReady, type RunningProcess, type StartedProgram } from '../processes.ts'
import { buildProgram } from './temporal-programs.ts'
import { waitUntilServing } from './temporal.ts'
import { searchAttributeNames } from '../../../domain/onboarding/search-attributes.ts'

// The production server on PostgreSQL, as docker-compose.yml runs it. Used by benchmarks and tests that kill servers.

export interface ProductionOptions {
  folder: string
  postgres: { host: string; port: number; user: string; password: string }
  say(line: string): void
  /** Whether the server serves metrics, at `metricsUrl`. */
  measured?: boolean
}

const dynamicConfig = fileURLToPath(new URL('../../temporal/dynamic-config.yaml', import.meta.url))

/** The schema of each Temporal database, as embedded in the schema tool. */
const databases = { temporal: 'postgresql/v12/temporal', temporal_visibility: 'postgresql/v12/visibility' }

/** A production Temporal server whose ports stay the same across restarts. */
export class ProductionTemporal {
  private readonly options: ProductionOptions
  private configFile = ''
  private programs!: { server: string; sql: string; temporal: string }
  address = ''
  metricsUrl = ''
  process!: RunningProcess
  private started!: StartedProgram
  constructor(options: ProductionOptions) {
    this.options = options
  }

  /** Builds missing programs, creates the schema, starts the server, and creates namespace and search attributes. */
  async start(): Promise<this> {
    const { folder, say } = this.options
    mkdirSync(folder, { recursive: true })
    this.programs = {
      server: await buildProgram('server', say),
      sql: await buildProgram('sql', say),
      temporal: await buildProgram('temporal', say),
    }
    this.createSchema()
    await this.writeConfig()
    await this.restart()
    await this.prepareNamespace()
    return this
  }

  /** Starts the server after it was stopped. */
  async restart(): Promise<void> {
    const logFile = join(this.options.folder, 'temporal.log')
    const args = ['--config-file', this.configFile, '--allow-no-auth', 'start']
    this.started = startProgram(this.programs.server, args, { logFile })
    this.process = this.started.process
    await waitUntilFrontend(this.address, this.started, logFile)
  }

  private createSchema(): void {
    const { host, port, user, password } = this.options.postgres
    const tool = (...args: string[]) =>
      execFileSync(
        this.programs.sql,
        [
          '--plugin',
          'postgres12',
          '--ep',
          host,
          '--port',
          String(port),
          '--user',
          user,
          '--password',
          password,
          ...args,
        ],
        { stdio: 'ignore' },
      )
    for (const [database, schema] of Object.entries(databases)) {
      try {
        tool('--db', database, 'create')
      } catch {
        // The database exists already, or the role must not create one.
      }
      // Does nothing if the schema has a version.
      tool('--db', database, 'setup-schema', '-v', '0.0')
      tool('--db', database, 'update-schema', '--schema-name', schema)
    }
  }

  private async writeConfig(): Promise<void> {
    const { folder, postgres, measured } = this.options
    const ports = await freeLowPorts(9)
    this.address = `127.0.0.1:${ports[0]}`
    const metrics = { prometheus: { listenAddress: `127.0.0.1:${ports[8]}` } }
    if (measured) this.metricsUrl = `http://${metrics.prometheus.listenAddress}/metrics`
    const store = (databaseName: string, connections: number) => ({
      sql: {
        pluginName: 'postgres12',
        databaseName,
        connectAddr: `${postgres.host}:${postgres.port}`,
        connectProtocol: 'tcp',
        user: postgres.user,
        password: postgres.password,
        maxConns: connections,
        maxIdleConns: connections,
        maxConnLifetime: '1h',
      },
    })
    const service = (i: number) => ({
      rpc: { grpcPort: ports[i], membershipPort: ports[i + 4], bindOnLocalHost: true },
    })
    const config = {
      log: { stdout: true, level: 'error' },
      persistence: {
        defaultStore: 'default',
        visibilityStore: 'visibility',
        numHistoryShards: 16,
        datastores: { default: store('temporal', 20), visibility: store('temporal_visibility', 10) },
      },
      global: {
        membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' },
        ...(measured ? { metrics } : {}),
      },
      services: { frontend: service(0), history: service(1), matching: service(2), worker: service(3) },
      clusterMetadata: {
        enableGlobalNamespace: false,
        failoverVersionIncrement: 10,
        masterClusterName: 'active',
        currentClusterName: 'active',
        clusterInformation: {
          active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: this.address },
        },
      },
      dcRedirectionPolicy: { policy: 'noop' },
      publicClient: { hostPort: this.address },
      dynamicConfigClient: { filepath: dynamicConfig, pollInterval: '60s' },
    }
    this.configFile = join(folder, 'temporal.yaml')
    writeFileSync(this.configFile, stringify(config), { mode: 0o600 })
  }

  private async prepareNamespace(): Promise<void> {
    const run = (...args: string[]) =>
      execFileSync(this.programs.temporal, ['operator', ...args, '--address', this.address], { stdio: 'ignore' })
    await retry(() => run('namespace', 'create', '--namespace', 'default', '--retention', '30d'))
    await retry(() =>
      run(
        'search-attribute',
        'create',
        '--namespace',
        'default',
        ...searchAttributeNames.flatMap((name) => ['--name', name, '--type', 'Keyword']),
      ),
    )
    await waitUntilServing(this.address, this.started, join(this.options.folder, 'temporal.log'))
  }
}

async function retry(work: () => void): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return work()
    } catch (error) {
      // The server's caches learn about a new namespace with a delay.
      if (tries > 20) throw error
      await sleep(500)
    }
  }
}

async function waitUntilFrontend(address: string, started: StartedProgram, logFile: string): Promise<void> {
  const connection = Connection.lazy(clientOptions({ address }))
  const isReady = () =>
    connection
      .withDeadline(Date.now() + 1_000, () => connection.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      )
  try {
    await waitUntilReady(started, { name: 'The production Temporal server', logFile, isReady, timeout: 60_000 })
  } finally {
    await connection.close()
  }
}
