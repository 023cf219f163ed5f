import { setTimeout as sleep } from 'node:timers/promises'
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker'
import { missingNamespace } from '../runtime/temporal-errors.ts'

const timeout = 15_000
const grpc = { notFound: 5, permissionDenied: 7, unauthenticated: 16 }

/**
 * Connects to a Temporal namespace. Throws an Error with one sentence if the server does not respond within 15 seconds,
 * rejects the credentials, or does not have the namespace.
 */
export async function connectTo(
  { address = '', ...options }: NativeConnectionOptions,
  namespace: string,
): Promise<NativeConnection> {
  const timedOut = sleep(timeout, undefined, { ref: false }).then(() => Promise.reject(new Error('no answer')))
  const connecting = NativeConnection.connect({ address, ...options })
  const connection = await Promise.race([connecting, timedOut]).catch((error: unknown) => {
    const { message } = error as Error
    // The SDK's message contains the system's reason, such as "Connection refused".
    const reason = /message: "([^"]+)"/.exec(message)?.[1] ?? message.split('\n')[0]!.slice(0, 300)
    throw new Error(`Temporal at ${address} cannot be reached (TEMPORAL_ADDRESS, TEMPORAL_TLS): ${reason}`)
  })
  const asking = connection.withDeadline(Date.now() + timeout, () =>
    connection.workflowService.describeNamespace({ namespace }),
  )
  await asking.catch((error: unknown) => {
    const { code } = error as { code?: number }
    if (code === grpc.notFound) throw new Error(missingNamespace(namespace, address))
    if (code === grpc.permissionDenied || code === grpc.unauthenticated)
      throw new Error(`Temporal at ${address} rejects the credentials for "${namespace}" (TEMPORAL_API_KEY)`)
    throw new Error(`Temporal at ${address} does not respond (gRPC code ${code ?? 'unknown'})`)
  })
  return connection
}
