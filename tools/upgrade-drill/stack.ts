import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { clientOptions } from '../../runtime/temporal.ts'
import { openDatabase, type Database } from '../../store/database/database.ts'
import { baseEnvironment } from '../chaos/environment.ts'
import type { Place } from '../chaos/processes/place.ts'
import { startFoundation, type Foundation, type TemporalKind } from '../chaos/servers.ts'
import { startEntryPoint, type RunningProcess } from '../local/processes.ts'
import type { Seeds } from '../local/seed.ts'
import type { Build } from './builds.ts'

/** What a command of a build printed, and its exit code. */
export interface Ran {
  code: number | null
  output: string
}

/** Servers on which programs of several builds run. */
export interface Stack extends Foundation {
  database: Database
  client: Client
  say(line: string): void
  /** Starts a program of a build. It is stopped at the end if nobody stops it before. */
  start(build: Build, program: 'api/main' | 'worker/main', env?: NodeJS.ProcessEnv): Promise<RunningProcess>
  admin(build: Build, args: string[], env?: NodeJS.ProcessEnv): Promise<Ran>
  migrate(build: Build): Promise<string>
}

/** Longer than the steps of a worker, and than the calls of an API. */
const stopTimeout = 40_000
/** Stops a program as an orchestrator does. */
export const stopProgram = (program: RunningProcess) => program.stop('SIGTERM', stopTimeout)

/** Starts PostgreSQL with the schema and first data of `build`, Temporal and the gateways. */
export async function startStack(
  build: Build,
  options: { folder: string; temporal: TemporalKind; say(line: string): void; cleanup: Place['cleanup'] },
): Promise<Stack> {
  const { folder, temporal, say, cleanup } = options
  mkdirSync(join(folder, 'logs'))
  const logFile = (name: string) => join(folder, 'logs', `${name}.log`)
  const place = { folder, say, cleanup, logFile }
  const foundation = await startFoundation(place, temporal, async (DATABASE_URL) => {
    await run(build, 'admin/migrate', [], { ...baseEnvironment(), DATABASE_URL })
    return firstData(build, { ...baseEnvironment(), DATABASE_URL })
  })
  const database = openDatabase(foundation.databaseUrl, { name: 'upgrade drill', max: 4 })
  cleanup.push(() => database.end({ timeout: 5 }))
  const connection = Connection.lazy(clientOptions({ address: foundation.temporalAddress }))
  cleanup.push(() => connection.close())
  const envOf = ({ bundle }: Build, env: NodeJS.ProcessEnv = {}) => ({
    ...foundation.env,
    ...(bundle ? { WORKFLOW_BUNDLE: bundle } : {}),
    ...env,
  })
  return {
    ...foundation,
    database,
    client: new Client({ connection }),
    say,
    async start(of, program, env) {
      const began = Date.now()
      const log = logFile(program.replace('/main', ''))
      const running = await startEntryPoint(program, envOf(of, env), log, undefined, of.program(program))
      cleanup.push(() => running.stop())
      say(`started ${program} of ${of.name} in ${Date.now() - began} ms`)
      return running
    },
    admin: (of, args, env) => run(of, 'admin/main', args, envOf(of, env)),
    async migrate(of) {
      const { code, output } = await run(of, 'admin/migrate', [], envOf(of))
      if (code !== 0) throw new Error(`the migrations of ${of.name} failed:\n${output}`)
      return output.trim().split('\n').join(', ') || 'no migration'
    },
  }
}

function run(build: Build, program: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [build.program(program), ...args], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    )
  })
}

/** Creates an organization through the operator commands of the build, which stay the same from release to release. */
async function firstData(build: Build, env: NodeJS.ProcessEnv): Promise<Seeds> {
  const create = async (command: string, options: Record<string, string>): Promise<Record<string, string>> => {
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
    const { code, output } = await run(build, 'admin/main', [command, ...args, '--json'], env)
    if (code !== 0) throw new Error(`${command} of ${build.name} failed:\n${output}`)
    return JSON.parse(output) as Record<string, string>
  }
  const { id: org_id = '' } = await create('create-organization', { name: 'Upgraded' })
  const tenant = { organization: org_id, environment: 'sandbox' }
  const { id: brand_id } = await create('create-brand', { ...tenant, name: 'Upgraded' })
  const { id: item_id } = await create('create-item', { ...tenant, name: 'Visit', type: 'trigger', amount: '1500' })
  const { key: secret_key } = await create('create-key', { ...tenant, scopes: '*' })
  return { org_id, brand_id, item_id, secret_key } as Seeds
}
