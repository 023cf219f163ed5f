import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import type { Logger } from '../log.ts'

/** Logs an error that nobody foresaw, without body and query, and answers the id that the caller is told. */
export function reportBug(log: Logger, c: Context, error: unknown): string {
  const id = `req_${randomUUID()}`
  const { name, stack } = error instanceof Error ? error : { name: 'unknown', stack: undefined }
  // The first line of a stack holds the message, which can quote data.
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line))
  log.error(
    { request: id, route: c.req.routePath, name, code: (error as { code?: unknown } | null)?.code, frames },
    'a request failed',
  )
  return id
}
