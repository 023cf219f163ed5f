import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
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

/** Registers a function that closes a part when the world ends, in reverse order of opening. */
export type Later = (close: () => unknown) => void

export type Parts = Awaited<ReturnType<typeof openParts>>

/** Opens the parts of a world before API and worker: a seeded database, the simulators, connections to Temporal. */
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
  // On a busy machine the first connection may exceed its timeout.
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
    /** Texts that no history may contain. */
    secrets: new Set([seeds.secret_key, seeds.publishable_key, seeds.other_org.secret_key]),
  }
}

function ears({ listen }: WorldOptions) {
  /** The API's log lines, if the world records them. */
  const logged: string[] = []
  const write = (line: string) => void logged.push(line)
  const log = listen
    ? pino({ level: 'info', ...lineFormat }, { write })
    : pino({ level: process.env.TEST_LOG ?? 'silent' })
  return { logged, log }
}

/** Milliseconds: the last of the retry intervals below. */
const longestRetryWait = 150

async function reachTemporal(address: string, later: Later) {
  let isOpen = true
  const options = defaultGrpcRetryOptions({ maxAttempts: 5, factor: 1.3, initialIntervalMs: () => 40 })
  const retries = makeGrpcRetryInterceptor({
    ...options,
    retryableDecider: (attempt, status) => isOpen && options.retryableDecider(attempt, status),
  })
  const connection = Connection.lazy({ ...clientOptions({ address }), interceptors: [retries] })
  later(async () => {
    // A retry that is due would throw on a closed connection, and nobody could catch it.
    isOpen = false
    await sleep(longestRetryWait)
    await connection.close()
  })
  const native = await NativeConnection.connect({ address })
  later(() => native.close())
  return { connection, native, client: new Client({ connection }) }
}
