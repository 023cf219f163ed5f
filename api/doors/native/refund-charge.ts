import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../domain/events/author.ts'
import { notFound } from '../../../domain/failure/failures.ts'
import { largestAmount } from '../../../domain/payment/money.ts'
import { requestRefund } from '../../../store/charges/request-refund.ts'
import { findChargeOf } from '../../../store/charges/resolve-charge.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import * as fields from '../../schemas/fields.ts'
import { json, jsonBody } from '../../schemas/json.ts'
import { creatorOf } from '../../setup/open-onboarding.ts'
import { chargeView, readChargeView } from './charge-view.ts'
import { guards, idParam, nativeRefusals, security } from './door.ts'

const request = z
  .strictObject({
    amount: fields
      .minorUnits(1)
      .max(largestAmount, 'is too large')
      .optional()
      .openapi({ description: 'Minor units. Default: all that is left of the charge', example: 500 }),
    reason: fields.reason('Agreed with the customer').openapi({ description: 'For your records: not sent anywhere' }),
  })
  .openapi('RefundChargeRequest')

/** Refunds a charge after activation, in whole or part. The run `money/{charge}` makes the refund. */
export function addChargeRefunds(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const refund = createRoute({
    tags: ['Charges'],
    security,
    middleware: guards(d, 'charges:write'),
    method: 'post',
    path: '/v1/charges/{id}/refund',
    operationId: 'refundCharge',
    summary: 'Refund a charge, in whole or part',
    description:
      'Records the refund, which is then made at the gateway: its status in refunds is pending until the gateway has ' +
      'completed it. The billing customer stays active.',
    request: { params: idParam('ch_01k2…'), body: jsonBody(request) },
    responses: { 200: json(chargeView), ...nativeRefusals },
  })
  app.openapi(refund, async (c) => {
    const caller = c.get('caller')
    const charge = await findChargeOf(d.database, caller, c.req.valid('param').id)
    if (!charge) throw notFound('Charge')
    const createdBy = creatorOf(c)
    await requestRefund(d.database, charge, { ...c.req.valid('json'), createdBy }, byApiKey(caller.id))
    d.runs.signalCharge(charge.id)
    return c.json(await readChargeView(d, caller, charge.id), 200)
  })
}
