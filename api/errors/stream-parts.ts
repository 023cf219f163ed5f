import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { ApiDependencies } from '../dependencies.ts'
import { asFailure } from './failures.ts'
import { reportBug } from './report-bug.ts'
import { requestIdOf } from '../call/access-log.ts'

/**
 * Responds with parts as they are made, no faster than the client reads them. If one cannot be made, it cuts the
 * connection: a body that ends properly would look complete.
 */
export function streamParts(
  d: Pick<ApiDependencies, 'log'>,
  c: Context,
  parts: AsyncGenerator<string, void, undefined>,
): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await parts.next()
          if (done) controller.close()
          else controller.enqueue(encoder.encode(value))
        } catch (error) {
          logCut(d, c, error)
          const { outgoing } = c.env as Partial<HttpBindings>
          if (!outgoing) return controller.error(error)
          outgoing.destroy()
          controller.close()
        }
      },
      cancel: () => void parts.return(),
    },
    { highWaterMark: 0 },
  )
  return c.body(body)
}

function logCut({ log }: Pick<ApiDependencies, 'log'>, c: Context, error: unknown): void {
  const failure = asFailure(error)
  if (failure) log.warn({ request_id: requestIdOf(c), code: failure.code }, 'a response was cut: it is incomplete')
  else reportBug(log, c, error)
}
