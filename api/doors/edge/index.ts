import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiDependencies } from '../../dependencies.ts'
import { reportBug } from '../../report-bug.ts'
import { addBuildCustomerProfileSetup } from './build-customer-profile-setup.ts'
import { addCreateCustomer } from './create-customer.ts'
import { createEdgeApp, type EdgeEnv } from './door.ts'
import { addEnroll } from './enroll.ts'
import { edgeOnError } from './envelope.ts'
import { addGetCustomer } from './get-customer.ts'
import { addGetEnrollments } from './get-enrollments.ts'
import { addGetItems } from './get-items.ts'

/** The door for clients of the edge documents: `api_key` in the body, major units, `{status, data, errors}`. */
export function edgeDoor(d: ApiDependencies): OpenAPIHono<EdgeEnv> {
  const app = createEdgeApp()
  app.onError((error, c) => edgeOnError(error, c, (bug) => reportBug(d.log, c, bug)))
  addCreateCustomer(app, d)
  addBuildCustomerProfileSetup(app, d)
  addGetCustomer(app, d)
  addGetItems(app, d)
  addEnroll(app, d)
  addGetEnrollments(app, d)
  return app
}
