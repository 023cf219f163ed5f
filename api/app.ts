import { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiDependencies } from './dependencies.ts'
import { edgeDoor } from './doors/edge/index.ts'
import { hostedPage } from './hosted-page/routes.tsx'
import { openApiDocument } from './openapi.ts'
import { addBillableItems } from './routes/billable-items.ts'
import { addBillingCustomers } from './routes/billing-customers.ts'
import { createNativeApp } from './routes/native.ts'
import { stripeWebhooks } from './webhooks/stripe.ts'

export interface ServiceChecks {
  database(): Promise<boolean>
  temporal(): Promise<boolean>
}

/** The whole HTTP surface as a value: every door, the hosted page, the gateways' events, the service's own routes. */
export function createApp(d: ApiDependencies, checks: ServiceChecks): OpenAPIHono {
  const app = new OpenAPIHono()
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const [database, temporal] = await Promise.all([checks.database(), checks.temporal()])
    return c.json({ database, temporal }, database && temporal ? 200 : 503)
  })

  const native = createNativeApp(d)
  addBillingCustomers(native, d)
  addBillableItems(native, d)
  app.route('/', edgeDoor(d))
  app.route('/', hostedPage(d))
  app.route('/', stripeWebhooks(d))
  app.route('/', native)
  app.doc31('/openapi.json', openApiDocument)
  app.openAPIRegistry.registerComponent('securitySchemes', 'secretKey', { type: 'http', scheme: 'bearer' })
  app.notFound((c) => c.json({ error: { code: 'not_found', message: 'there is nothing here' } }, 404))
  return app
}
