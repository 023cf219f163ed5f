import type { Context } from 'hono'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { conflict, invalid } from '../../../../domain/failure/failures.ts'
import { largestAmount } from '../../../../domain/payment/money.ts'
import type { ChargeRow } from '../../../../store/charges/charges.ts'
import { listCharges } from '../../../../store/charges/list-charges.ts'
import { advanceClock, hasCaughtUp } from '../../../../store/lifecycle/advance-clock.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { isAppliedRepeat, noneLive, updateIdOf } from '../../../setup/onboarding-command.ts'
import { runOf } from '../../../setup/open-onboarding.ts'
import { billingCustomerView } from '../billing-customers/billing-customer-view.ts'
import { billingCustomerParams as params, viewOf } from '../billing-customers/billing-customers.ts'
import { chargeView, readChargeView } from '../charge-view.ts'
import {
  atGateway,
  common,
  notPossible,
  pollUntil,
  refusals,
  requireGateway,
  requireLive,
  requireSandbox,
  requireTestHelpers,
} from './test-helpers.ts'

const clockRequest = z
  .strictObject({
    seconds: z
      .number()
      .int()
      .min(1)
      .max(366 * 86_400)
      .openapi({ example: 86_400 }),
  })
  .openapi('TestAdvanceClockRequest')
const refundRequest = z
  .strictObject({
    amount: z.number().int().min(1).max(largestAmount).optional().openapi({
      description: 'Minor units. Default: the whole charge',
      example: 500,
    }),
  })
  .openapi('TestRefundRequest')
const disputeRequest = z.strictObject({}).openapi('TestDisputeRequest')

/** Simulates the passing of time: the live onboarding expires, reminders become due, waits end. */
export function addTestClock(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const advance = createRoute({
    ...common(d, 'advance_clock'),
    operationId: 'testAdvanceClock',
    summary: 'Move the live onboarding forward in time',
    description:
      'Sandbox only. Moves the expiry, reminders, grace period, retries and the limits against card testing. Waits ' +
      'up to 10 seconds for the run to act. Returns 409 while a payment is in progress: its time limit cannot move.',
    request: { params, body: jsonBody(clockRequest) },
    responses: { 200: json(billingCustomerView), ...refusals },
  })
  app.openapi(advance, async (c) => {
    const caller = c.get('caller')
    const { id } = await requireSandbox(d, caller, c.req.valid('param').id)
    if (await isAppliedRepeat(d, c, id)) return c.json(await viewOf(d, caller, id), 200)
    const live = await requireLive(d, c, id)
    const updateId = updateIdOf(c)
    const context = { ...byApiKey(caller.id), ...(updateId === undefined ? {} : { updateId }) }
    const done = await advanceClock(d.database, live.onboarding, c.req.valid('json').seconds, context)
    if (done === 'ended') throw noneLive()
    if (done === 'busy') throw conflict('payment_in_progress', 'seconds', 'a payment is in progress; try again', 2)
    d.runs.signal(runOf(live), 'recordChanged')
    const { onboardingId } = live.onboarding
    await pollUntil(d, c, () => hasCaughtUp(d.database, onboardingId))
    return c.json(await viewOf(d, caller, live.billingCustomer.id), 200)
  })
}

/** Simulates a person at the gateway's dashboard and a payer at the bank. The gateway reports it with an event. */
export function addTestReturns(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const refund = createRoute({
    ...common(d, 'refund'),
    operationId: 'testRefund',
    summary: "Refund the charge at the gateway's dashboard",
    description: 'Sandbox only. The status of the charge changes when the event of the gateway arrives.',
    request: { params, body: jsonBody(refundRequest) },
    responses: { 200: json(chargeView), ...refusals },
  })
  app.openapi(refund, async (c) => {
    const caller = c.get('caller')
    const charge = await requireCharge(d, c, c.req.valid('param').id)
    await refundAtGateway(d, c, charge, c.req.valid('json').amount)
    return c.json(await readChargeView(d, caller, charge.id), 200)
  })

  const dispute = createRoute({
    ...common(d, 'dispute'),
    operationId: 'testDispute',
    summary: 'Dispute the charge, as the payer does',
    description: 'Sandbox only. needs_person and the events show the dispute when the event of the gateway arrives.',
    request: { params, body: jsonBody(disputeRequest) },
    responses: { 200: json(chargeView), ...refusals },
  })
  app.openapi(dispute, async (c) => {
    const caller = c.get('caller')
    const charge = await requireCharge(d, c, c.req.valid('param').id)
    const gateway = await requireGateway(d, charge)
    const testHelpers = requireTestHelpers(gateway)
    const object = { kind: 'payment', id: charge.objectId } as const
    await atGateway(charge.gateway, async () => {
      // The first try of a repeated call may have disputed it.
      if (!c.get('firstTryAt') || !(await gateway.isDisputed(object))) await testHelpers.dispute(object)
    })
    return c.json(await readChargeView(d, caller, charge.id), 200)
  })
}

type PaidCharge = ChargeRow & { objectId: string }

/**
 * Returns the newest succeeded charge of a billing customer; for a repeat of a call, whose first try may have refunded
 * it, the newest one. Throws `conflict` if there is none.
 */
async function requireCharge(d: ApiDependencies, c: Context<CallEnv>, id: string): Promise<PaidCharge> {
  const caller = c.get('caller')
  const { id: billingCustomerId } = await requireSandbox(d, caller, id)
  const filter = { billingCustomerId, ...(c.get('firstTryAt') ? {} : { status: 'succeeded' as const }) }
  const { rows } = await listCharges(d.database, caller, filter, { limit: 1 })
  const [charge] = rows
  if (!charge?.objectId) throw notPossible('id', 'has no charge with the status succeeded')
  return charge as PaidCharge
}

/**
 * Refunds the rest of a charge, or a part of it. A repeat refunds once: the key at the gateway contains the id that the
 * Idempotency-Key of the call reserved, or else the amount refunded before.
 */
async function refundAtGateway(
  d: ApiDependencies,
  c: Context<CallEnv>,
  charge: PaidCharge,
  part: number | undefined,
): Promise<void> {
  const isRepeat = c.get('firstTryAt') !== undefined
  const gateway = await requireGateway(d, charge)
  const object = { kind: 'payment' as const, id: charge.objectId }
  const metadata = { organization_id: charge.organizationId, environment: charge.environment }
  await atGateway(charge.gateway, async () => {
    const made = (await gateway.readRefunds(object)).filter(({ state }) => state !== 'failed')
    const returned = made.reduce((sum, refund) => sum + refund.amount, 0)
    const left = charge.amount - returned
    const amount = part ?? left
    if (isRepeat && left === 0) return
    if (!isRepeat && (amount > left || left === 0))
      throw invalid('amount', `must be at most ${left}, what is left of the charge`)
    const refund = { amount, currency: charge.currency, metadata, refundId: null }
    await gateway.refund(object, refund, `${charge.id}/test/${c.get('reservedId') ?? returned}`)
  })
}
