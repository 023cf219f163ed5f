import type { Context } from 'hono'
import type { Logger } from '../../runtime/log.ts'
import { requestIdOf } from '../call/access-log.ts'

/** Logs an unexpected error, without body and query. Returns the id of the call, for the response. */
export function reportBug(log: Logger, c: Context, error: unknown): string {
  const id = requestIdOf(c)
  const { name, stack } = error instanceof Error ? error : { name: 'unknown', stack: undefined }
  // The first line of a stack is the message, which can contain data.
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line))
  log.error(
    { request_id: id, route: c.req.routePath, name, code: (error as { code?: unknown } | null)?.code, frames },
    'a request failed',
  )
  return id
}
