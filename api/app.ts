import { OpenAPIHono, z } from '@hono/zod-openapi'
import { validationMessage } from '../domain/text/validation-message.ts'
import { gatewayNames } from '../domain/lifecycle.ts'
import { accessLog } from './call/access-log.ts'
import { createCallState } from './call/state.ts'
import { answerHeaders } from './answer-headers.ts'
import type { ApiDependencies, AppDependencies } from './dependencies.ts'
import { billingIoDoor } from './doors/billing-io/index.ts'
import { edgeDoor } from './doors/edge/index.ts'
import { flexpriceDoor } from './doors/flexprice/index.ts'
import { methodsAt } from './errors/close-door.ts'
import { momentAnchors } from './doors/moment/error.ts'
import { momentDoor } from './doors/moment/index.ts'
import { nativeDoor } from './doors/native/index.ts'
import { drawPreview } from './hosted-page/preview/preview.tsx'
import { hostedPage } from './hosted-page/routes.tsx'
import { openApiDocument } from './reference/openapi.ts'
import { completeDocument } from './reference/complete-document.ts'
import { addEventWebhooks } from './reference/event-webhooks.ts'
import { reference, revalidated } from './reference/routes.tsx'
import { storedDocument } from './assets/stored-document.ts'
import { gatewayWebhooks } from './webhooks/gateway-webhooks.ts'
import type { ServiceChecks } from './ready.ts'

/** Creates the HTTP app: every door, the hosted page, the gateways' webhooks and the service's own routes. */
export function createApp(dependencies: AppDependencies, checks: ServiceChecks): OpenAPIHono {
  const state = createCallState(dependencies.database, dependencies.rateLimit)
  const isDraining = checks.isDraining ?? (() => false)
  const d: ApiDependencies = { ...dependencies, state, isDraining }
  // For schemas without their own message: states what would be valid, at every door.
  z.config({ customError: validationMessage })
  const app = new OpenAPIHono()
  app.use(accessLog(d.log))
  app.use(answerHeaders(d.hstsSeconds))
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const [database, temporal, missing = []] = await Promise.all([
      checks.database(),
      checks.temporal(),
      checks.missingSearchAttributes?.(),
    ])
    const { isUsable, message } = database
    const draining = isDraining()
    const body = {
      database: isUsable,
      temporal,
      ...(missing.length > 0 ? { missing_search_attributes: missing } : {}),
      ...(draining ? { draining } : {}),
      ...(message ? { message } : {}),
    }
    return c.json(body, isUsable && !draining ? 200 : 503)
  })

  app.openAPIRegistry.registerComponent('securitySchemes', 'secretKey', { type: 'http', scheme: 'bearer' })
  // The page comes first, because the edge door handles every other path below its base.
  app.route('/', hostedPage(d))
  app.route('/', edgeDoor(d))
  app.route('/', billingIoDoor(d))
  app.route('/', momentDoor(d))
  app.route('/', flexpriceDoor(d))
  for (const gateway of gatewayNames) app.route('/', gatewayWebhooks(d, gateway))
  app.route('/', nativeDoor(d, drawPreview))
  addEventWebhooks(app.openAPIRegistry)
  let completed: object | undefined
  const makeDocument = () => (completed ??= completeDocument(app.getOpenAPI31Document(openApiDocument)))
  app.route('/', reference(state.documentPace, makeDocument, momentAnchors))
  // Relative, in case a proxy serves this under a path.
  app.get('/', (c) => c.redirect('docs'))
  app.get('/docs/', (c) => c.redirect('../docs'))
  app.get('/favicon.ico', (c) => c.body(null, 204, { 'Cache-Control': 'public, max-age=86400' }))
  const document = { type: 'application/json', cacheControl: revalidated, pace: state.documentPace }
  app.get(
    '/openapi.json',
    storedDocument(() => JSON.stringify(makeDocument()), document),
  )
  app.notFound((c) => {
    const allowed = methodsAt(app, c.req.path).join(', ')
    if (!allowed) return c.json({ error: { code: 'not_found', message: 'this path does not exist' } }, 404)
    const message = `the path does not support this method; it supports ${allowed}`
    return c.json({ error: { code: 'method_not_allowed', message } }, 405, { Allow: allowed })
  })
  return app
}
