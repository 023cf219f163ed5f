import { setTimeout as sleep } from 'node:timers/promises'
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker'

const patience = 15_000
const grpc = { notFound: 5, permissionDenied: 7, unauthenticated: 16 }

/**
 * Connects to a namespace of a Temporal server. Throws an Error with one sentence where the server does not answer
 * within 15 seconds, does not accept us, or has no such namespace.
 */
export async function connectTo(
  { address = '', ...options }: NativeConnectionOptions,
  namespace: string,
): Promise<NativeConnection> {
  const late = sleep(patience, undefined, { ref: false }).then(() => Promise.reject(new Error('no answer')))
  const connecting = NativeConnection.connect({ address, ...options })
  const connection = await Promise.race([connecting, late]).catch((error: unknown) => {
    const { message } = error as Error
    // Inside of the SDK's own text stands what the system says: "Connection refused".
    const reason = /message: "([^"]+)"/.exec(message)?.[1] ?? message.split('\n')[0]!.slice(0, 300)
    throw new Error(`Temporal at ${address} cannot be reached (TEMPORAL_ADDRESS, TEMPORAL_TLS): ${reason}`)
  })
  const asking = connection.withDeadline(Date.now() + patience, () =>
    connection.workflowService.describeNamespace({ namespace }),
  )
  await asking.catch((error: unknown) => {
    const { code } = error as { code?: number }
    if (code === grpc.notFound)
      throw new Error(`Temporal at ${address} has no namespace "${namespace}" (TEMPORAL_NAMESPACE): create it first`)
    if (code === grpc.permissionDenied || code === grpc.unauthenticated)
      throw new Error(`Temporal at ${address} does not accept the credentials for "${namespace}" (TEMPORAL_API_KEY)`)
    throw new Error(`Temporal at ${address} does not answer (gRPC code ${code ?? 'unknown'})`)
  })
  return connection
}
