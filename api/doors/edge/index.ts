import type { OpenAPIHono } from '@hono/zod-openapi'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { createDoor } from '../door.ts'
import { addBuildCustomerProfileSetup } from './build-customer-profile-setup.ts'
import { addConfirmPaymentMethod } from './confirm-payment-method.ts'
import { addCreateCustomer } from './create-customer.ts'
import { door } from './door.ts'
import { addEnroll } from './enroll.ts'
import { addGetCustomer } from './get-customer.ts'
import { addGetEnrollments } from './get-enrollments.ts'
import { addGetItems } from './get-items.ts'
import { addSetupPaymentMethod } from './setup-payment-method.ts'
import { addSuspendAndRestore } from './suspend-and-restore.ts'

/** Returns the edge door, in the order of the OpenAPI document. */
export const edgeDoor = (d: ApiDependencies): OpenAPIHono<CallEnv> =>
  createDoor(d, door, [
    addCreateCustomer,
    addBuildCustomerProfileSetup,
    addGetCustomer,
    addGetItems,
    addEnroll,
    addGetEnrollments,
    addSetupPaymentMethod,
    addConfirmPaymentMethod,
    addSuspendAndRestore,
  ])
