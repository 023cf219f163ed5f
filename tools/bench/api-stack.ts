import { fork, type ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { commands } from '../../admin/commands.ts'
import { builtInSettings } from '../../domain/tenant/settings.ts'
import { freePort } from '../local/ports.ts'
import { ensureDatabase, startPostgres } from '../local/postgres/postgres.ts'
import { buildPage } from '../scripts/build-page.ts'
import { openDatabase } from '../../store/database/database.ts'
import { migrate } from '../../store/schema/migrate.ts'
import { bundleProgram } from '../scripts/bundle-program.ts'
import { temporaryFolder } from '../local/folders.ts'

/** Starts PostgreSQL for measurements of the API. APIs run as separate processes (tools/bench/api-server.ts). */
export async function startApiStack() {
  const folder = temporaryFolder('bench-api')
  await buildPage()
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    port: await freePort(),
    password: 'only-for-the-bench',
    logFile: join(folder, 'postgres.log'),
  })
  await ensureDatabase(postgres, 'bench')
  const database = openDatabase(postgres.url('bench'), { name: 'bench', max: 1 })
  await migrate(database)
  const children: ChildProcess[] = []
  // Bundled, as `tsx` adds code to each function.
  const program = await bundleProgram('tools/bench/api-server.ts')
  const env = { ...process.env, BENCH_DATABASE_URL: postgres.url('bench') }
  function startProcess(name: string, flags: string[] = [], more: NodeJS.ProcessEnv = {}) {
    const child = fork(program, [name], { env: { ...env, ...more }, execArgv: ['--expose-gc', ...flags] })
    children.push(child)
    const number = () =>
      new Promise<number>((resolve, reject) => {
        child.once('message', (value) => resolve(Number(value)))
        child.once('exit', () => reject(new Error(`${name} exited`)))
      })
    return { child, number }
  }
  return {
    database,
    /** Runs an operator command. */
    admin: (command: string, options: Record<string, string>) =>
      commands[command]!.run({ database, settingDefaults: builtInSettings }, options) as Promise<
        Record<string, string>
      >,
    databaseUrl: postgres.url('bench'),
    /** Starts `tools/bench/api-server.ts <name>`, with more variables; returns its port. */
    startApi: (name: string, more?: NodeJS.ProcessEnv): Promise<number> => startProcess(name, [], more).number(),
    /**
     * The same, with more flags of Node. Its `number` returns the port at first, then at each message of ours the bytes
     * of memory in use.
     */
    startProcess,
    async stop(): Promise<void> {
      for (const child of children) child.kill()
      await database.end()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
