import type { OpenAPIHono } from '@hono/zod-openapi'
import { Failure, notFound } from '../../domain/failure/failures.ts'
import type { CallEnv } from '../call/call-env.ts'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Returns the methods that a path supports; empty if there is no such path. */
export const methodsAt = ({ router }: Pick<OpenAPIHono, 'router'>, path: string): string[] =>
  methods.filter((method) => router.match(method, path)[0].some(([[, route]]) => route.method === method))

/**
 * Adds the responses for all other paths below the base: 404 for unknown paths, and 405 for methods that a path does
 * not support. Call it after the routes were added.
 */
export function closeDoor(app: OpenAPIHono<CallEnv>, base: string): OpenAPIHono<CallEnv> {
  app.all(`${base}/*`, (c) => {
    const allowed = methodsAt(app, c.req.path)
    if (allowed.length === 0) throw notFound('Route')
    c.header('Allow', allowed.join(', '))
    throw new Failure('method_not_allowed', `the path does not support this method; it supports ${allowed.join(', ')}`)
  })
  return app
}
