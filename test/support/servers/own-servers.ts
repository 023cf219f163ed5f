import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { freePort } from '../../../tools/local/ports.ts'
import { startPostgres, type Postgres } from '../../../tools/local/postgres/postgres.ts'
import { startDevServer, type DevServer } from '../../../tools/local/temporal/temporal.ts'
import { makeTemplate } from './template.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

/** A PostgreSQL and a Temporal server for one test, with fixed ports and state on disk, which can be restarted. */
export class OwnServers {
  private readonly folder = temporaryFolder('servers')
  private ports!: { postgres: number; temporal: number }
  postgres!: Postgres
  templateUrl!: string
  temporal!: DevServer

  async start(): Promise<this> {
    mkdirSync(join(this.folder, 'temporal'))
    this.ports = { postgres: await freePort(), temporal: await freePort() }
    await Promise.all([this.startPostgres(), this.startTemporal()])
    this.templateUrl = await makeTemplate(this.postgres)
    return this
  }

  async startPostgres(): Promise<void> {
    const { folder, ports } = this
    this.postgres = await startPostgres({
      folder: join(folder, 'postgres'),
      port: ports.postgres,
      password: 'only-for-tests',
      logFile: join(folder, 'postgres.log'),
    })
  }

  async startTemporal(): Promise<void> {
    const { folder, ports } = this
    const program = inject('temporalProgram')
    this.temporal = await startDevServer({
      program,
      folder: join(folder, 'temporal'),
      port: ports.temporal,
      uiPort: null,
      logFile: join(folder, 'temporal.log'),
    })
  }

  async stop(): Promise<void> {
    await Promise.all([this.temporal.stop(), this.postgres.stop()])
    rmSync(this.folder, { recursive: true, force: true })
  }
}
