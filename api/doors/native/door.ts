import { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { Scope } from '../../../domain/tenant/scopes.ts'
import type { CallEnv } from '../../call/call-env.ts'
import { bearerKey, guard, type RouteKind } from '../../call/guards.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { refusalOf, refusalsOf, type Door } from '../door.ts'
import { nativeError } from './error.ts'

/** The native API: Bearer key, snake_case, minor units, problems. */
export const door: Door = { name: 'native', bases: ['/v1'], credential: bearerKey, error: nativeError }

/** Returns the middleware of every native call. */
export const guards = (d: ApiDependencies, scope: Scope, kind?: RouteKind): MiddlewareHandler<CallEnv> =>
  guard(d, door, scope, kind)

/** Error responses of every native call. */
export const nativeRefusals = refusalsOf(door, {
  409: 'Conflicts with the current state',
  422: 'The Idempotency-Key belongs to another request',
})

/** Error response of calls that try the payment method of an onboarding. */
export const declineRefusal = {
  402: refusalOf(door, 'The payment method was declined; the billing customer stays pending'),
}

/** Error response of calls that try a replacement of the payment method. */
export const replacementDeclineRefusal = {
  402: refusalOf(door, 'The payment method was declined; the billing customer keeps its status and its payment method'),
}

export const security = [{ secretKey: [] }]
export const idParam = (example: string) => z.object({ id: z.string().min(1).max(64).openapi({ example }) })
