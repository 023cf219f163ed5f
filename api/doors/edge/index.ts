import { OpenAPIHono } from '@hono/zod-openapi'
import type { CallEnv } from '../../call/call-env.ts'
import { closeDoor } from '../../errors/close-door.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { reportBug } from '../../errors/report-bug.ts'
import { addBuildCustomerProfileSetup } from './build-customer-profile-setup.ts'
import { addConfirmPaymentMethod } from './confirm-payment-method.ts'
import { addCreateCustomer } from './create-customer.ts'
import { bases } from './door.ts'
import { addEnroll } from './enroll.ts'
import { edgeOnError } from './envelope.ts'
import { addGetCustomer } from './get-customer.ts'
import { addGetEnrollments } from './get-enrollments.ts'
import { addGetItems } from './get-items.ts'
import { addSetupPaymentMethod } from './setup-payment-method.ts'
import { addSuspendAndRestore } from './suspend-and-restore.ts'

/** The door for clients of the edge documents: `api_key` in the body, major units, `{status, data, errors}`. */
export function edgeDoor(d: ApiDependencies): OpenAPIHono<CallEnv> {
  const app = new OpenAPIHono<CallEnv>()
  app.onError((error, c) => edgeOnError(error, c, (bug) => reportBug(d.log, c, bug)))
  addCreateCustomer(app, d)
  addBuildCustomerProfileSetup(app, d)
  addGetCustomer(app, d)
  addGetItems(app, d)
  addEnroll(app, d)
  addGetEnrollments(app, d)
  addSetupPaymentMethod(app, d)
  addConfirmPaymentMethod(app, d)
  addSuspendAndRestore(app, d)
  for (const base of bases) closeDoor(app, base)
  return app
}
