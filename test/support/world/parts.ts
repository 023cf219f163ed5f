import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { pino } from 'pino'
import { inject } from 'vitest'
import { clientOptions } from '../../../runtime/temporal.ts'
import { builtInSettings, type Settings } from '../../../domain/tenant/settings.ts'
import { seed } from '../../../tools/local/seed.ts'
import { lineFormat } from '../../../runtime/log.ts'
import { startPayPalSimulator } from '../../../tools/simulators/paypal/server.ts'
import { freshDatabase } from '../servers/database.ts'
import { startJudgedSimulator } from '../judge/judged-simulator.ts'
import '../servers/temporal-runtime.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { until } from '../until.ts'
import type { WorldOptions } from './options.ts'

/** Takes what closes a part when the world ends: the last opened is closed first. */
export type Later = (close: () => unknown) => void

export type Parts = Awaited<ReturnType<typeof openParts>>

/** What a world is made of, before the API and the worker: a seeded database, the simulators, ways to Temporal. */
export async function openParts(options: WorldOptions, later: Later) {
  const folder = temporaryFolder('world')
  later(() => rmSync(folder, { recursive: true, force: true }))
  const database = await freshDatabase(options.templateUrl)
  later(() => database.drop())
  const simulator = await startJudgedSimulator({ folder })
  later(() => simulator.close())
  const paypal = options.paypal ? await startPayPalSimulator({ folder }) : undefined
  later(() => paypal?.close())
  const { sql } = database
  // The first connection may take longer than it is given on a busy machine.
  await until(() => sql`select 1`.then(Boolean, () => false))
  const settingDefaults: Settings = { ...builtInSettings, ...options.settings }
  const seeds = await seed({ database: sql, settingDefaults }, join(folder, 'seeds.json'))
  return {
    ...ears(options),
    ...(await reachTemporal(options.temporalAddress ?? inject('temporalAddress'), later)),
    taskQueue: `test-${randomUUID()}`,
    sql,
    databaseUrl: database.url,
    simulator,
    paypal,
    settingDefaults,
    seeds,
    /** What no history may hold. */
    secrets: new Set([seeds.secret_key, seeds.publishable_key, seeds.other_org.secret_key]),
  }
}

function ears({ listen }: WorldOptions) {
  /** What the API said, where the world was asked to listen. */
  const logged: string[] = []
  const write = (line: string) => void logged.push(line)
  const log = listen
    ? pino({ level: 'info', ...lineFormat }, { write })
    : pino({ level: process.env.TEST_LOG ?? 'silent' })
  return { logged, log }
}

async function reachTemporal(address: string, later: Later) {
  const retries = makeGrpcRetryInterceptor(
    defaultGrpcRetryOptions({ maxAttempts: 5, factor: 1.3, initialIntervalMs: () => 40 }),
  )
  const connection = Connection.lazy({ ...clientOptions({ address }), interceptors: [retries] })
  later(() => connection.close())
  const native = await NativeConnection.connect({ address })
  later(() => native.close())
  return { connection, native, client: new Client({ connection }) }
}
