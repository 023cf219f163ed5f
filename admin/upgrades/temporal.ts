import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client'
import { NamespaceNotFoundError } from '@temporalio/common'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { Failure } from '../../domain/failure/failures.ts'
import type { Config } from '../../runtime/config.ts'
import { clientOptions } from '../../runtime/temporal.ts'
import { temporalReason } from '../../runtime/temporal-errors.ts'

/**
 * Calls `work` with a client. Throws an Error with one sentence if Temporal does not respond or rejects a call, and a
 * Failure of `work` as it is.
 */
export async function withTemporal<T>(
  { temporal }: Pick<Config, 'temporal'>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { address, namespace } = temporal
  const explain = (error: unknown): never => {
    if (error instanceof Failure) throw error
    throw new Error(`Temporal at ${address} (TEMPORAL_ADDRESS), namespace ${namespace}: ${temporalReason(error)}`)
  }
  const connection = await Connection.connect({ ...clientOptions(temporal), connectTimeout: '10s' }).catch(explain)
  try {
    return await work(new Client({ connection, namespace })).catch((error: unknown) => {
      if (isOfTemporal(error)) return explain(error)
      throw error
    })
  } finally {
    await connection.close()
  }
}

/** The work can also fail for the database, or for workflow code that cannot be loaded. */
const isOfTemporal = (error: unknown): boolean =>
  error instanceof ServiceError ||
  error instanceof NamespaceNotFoundError ||
  [error, (error as Error).cause].some(isGrpcServiceError)

/** Same as `withTemporal`, for work that replays histories: of those, the SDK logs only what is wrong with it. */
export async function withReplays<T>(
  config: Pick<Config, 'temporal'>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => {}),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    shutdownSignals: [],
  })
  try {
    return await withTemporal(config, work)
  } finally {
    await Runtime.instance().shutdown()
  }
}
