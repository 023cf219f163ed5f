import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { gatewayNames, type AttemptState } from '../../../../domain/lifecycle.ts'
import { handleOf } from '../../../../domain/payment/payment-object.ts'
import { amountDue, openAttempt, type OnboardingFacts } from '../../../../domain/onboarding/onboarding.ts'
import { requireAccountForNew } from '../../../../domain/tenant/gateway-accounts.ts'
import { testOutcomes } from '../../../../domain/payment/test-helpers.ts'
import { findOpenAttempt } from '../../../../store/payments/attempts.ts'
import { submitPayment } from '../../../../store/payments/submissions.ts'
import { makeRunDueUnderLock } from '../../../../store/onboardings/wake.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { mustBe } from '../../../schemas/fields.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { checkGateway } from '../../../setup/brand-and-gateway.ts'
import { creatorOf, runOf } from '../../../setup/open-onboarding.ts'
import { refusalFailure } from '../../../../domain/failure/submission-refusals.ts'
import { billingCustomerView } from '../billing-customers/billing-customer-view.ts'
import { billingCustomerParams as params, viewOf } from '../billing-customers/billing-customers.ts'
import {
  atGateway,
  common,
  decision,
  isDecided,
  type Live,
  notPossible,
  pollUntil,
  refusals,
  requireGateway,
  requireLive,
  requireTestHelpers,
} from './test-helpers.ts'

const submitRequest = z
  .strictObject({
    outcome: z.enum(testOutcomes, mustBe(testOutcomes.join(', '))).openapi({
      description:
        'The result of the payment method. requires_action: the bank asks the customer to confirm; processing: the ' +
        'bank decides later; disputed: the payment succeeds, and the charge is disputed immediately',
    }),
    gateway: z.enum(gatewayNames, mustBe(gatewayNames.join(' or '))).optional(),
  })
  .openapi('TestSubmitRequest')
const confirmRequest = z.strictObject({ outcome: decision }).openapi('TestConfirmActionRequest')

/** Simulates a customer on the hosted page who submits a payment method and responds to the bank. */
export function addTestSubmissions(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const submit = createRoute({
    ...common(d, 'submit'),
    operationId: 'testSubmit',
    summary: 'Submit a test payment method, as the customer does on the hosted page',
    description: 'Sandbox only. Waits up to 10 seconds for the result.',
    request: { params, body: jsonBody(submitRequest) },
    responses: { 200: json(billingCustomerView), ...refusals },
  })
  app.openapi(submit, async (c) => {
    const caller = c.get('caller')
    const { outcome, gateway } = c.req.valid('json')
    const live = await requireLive(d, c, c.req.valid('param').id)
    checkGateway(d, caller, gateway)
    const name = gateway ?? live.onboarding.gateway
    const accountId = requireAccountForNew(caller, name)
    const testHelpers = requireTestHelpers(await requireGateway(d, { accountId }))
    const reference = await atGateway(name, () => testHelpers.newToken(outcome, creatorOf(c)))
    const shown = { amount: amountDue(live.onboarding), currency: live.onboarding.currency }
    const submission = { source: 'page', gateway: name, accountId, reference, singleUse: true, shown } as const
    const result = await submitPayment(d.database, live.onboarding, submission, caller.settings)
    if (!result.accepted) throw refusalFailure(result.refusal, result.retryAfter, 'outcome')
    if (result.signal) d.runs.signal(runOf(live), 'setupCompleted')
    await pollUntil(d, c, () => isDecided(d, live.onboarding, result.attempt, ['open']))
    return c.json(await viewOf(d, caller, live.billingCustomer.id), 200)
  })

  const confirm = createRoute({
    ...common(d, 'confirm_action'),
    operationId: 'testConfirmAction',
    summary: 'Respond to the bank, as the customer does, or decide a payment that is processing',
    description:
      'Sandbox only. For a submission with the outcome requires_action or processing. Waits up to 10 seconds for the ' +
      'result.',
    request: { params, body: jsonBody(confirmRequest) },
    responses: { 200: json(billingCustomerView), ...refusals },
  })
  app.openapi(confirm, async (c) => {
    const caller = c.get('caller')
    const live = await requireLive(d, c, c.req.valid('param').id)
    const decided = decidedSince(live.onboarding, c.get('firstTryAt'))
    const attempt = decided ?? (await confirmAction(d, live, c.req.valid('json').outcome))
    if (await makeRunDueUnderLock(d.database, live.onboarding)) d.runs.signal(runOf(live), 'actionCompleted')
    const undecided: AttemptState[] = ['open', 'needs_customer', 'processing']
    await pollUntil(d, c, () => isDecided(d, live.onboarding, attempt, undecided))
    return c.json(await viewOf(d, caller, live.billingCustomer.id), 200)
  })
}

/** Returns the number of the newest attempt if the bank decided it since then: the first try of a call did that. */
function decidedSince({ attempts }: OnboardingFacts, since: Date | undefined): number | undefined {
  const newest = attempts.at(-1)
  return since && newest?.closedAt && newest.closedAt >= since ? newest.number : undefined
}

/** Ends the open attempt at the gateway. Returns its number. */
async function confirmAction(d: ApiDependencies, live: Live, outcome: 'pays' | 'declined'): Promise<number> {
  const { onboarding } = live
  const open = openAttempt(onboarding)
  const object = onboarding.objects.find(({ state }) => state === 'open')
  if (!open || open.state === 'open' || !object?.objectId)
    throw notPossible('id', 'has no payment that waits for the customer at the bank or is processing')
  const handle = handleOf(onboarding, { kind: object.kind, objectId: object.objectId })
  const gateway = await requireGateway(d, object)
  const testHelpers = requireTestHelpers(gateway)
  if (open.state === 'processing') {
    await atGateway(object.gateway, () => testHelpers.decide(handle, outcome))
    return open.number
  }
  const attempt = await findOpenAttempt(d.database, onboarding.onboardingId)
  if (!attempt?.singleUse)
    throw notPossible('id', 'has a payment with a saved payment method, which can be confirmed only in a browser')
  const { amount, currency } = object
  await atGateway(object.gateway, async () => {
    const reference = { id: testHelpers.methodThat(outcome), singleUse: false }
    const key = `${onboarding.onboardingId}/test/${open.number}/${outcome}`
    await gateway.confirm(handle, { reference, offSession: false, amount, currency }, key)
  })
  return open.number
}
