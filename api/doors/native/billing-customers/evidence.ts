import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi'
import { Failure } from '../../../../domain/failure/failures.ts'
import { moneyWorkflowId, workflowIdsOf } from '../../../../domain/onboarding/run.ts'
import { allows, type Scope } from '../../../../domain/tenant/scopes.ts'
import { listCharges } from '../../../../store/charges/list-charges.ts'
import { readCustomer } from '../../../../store/customers/customers.ts'
import { listEvents } from '../../../../store/events/list-events.ts'
import { readEvidence, recordRetrieval } from '../../../../store/onboardings/evidence.ts'
import type { Caller } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { inTurn } from '../../../call/limits/list-turns.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import type { RunHistory } from '../../../run-histories.ts'
import { viewCustomer } from '../../../schemas/customer-view.ts'
import { json } from '../../../schemas/json.ts'
import { viewCharge } from '../charge-view.ts'
import { guards, nativeRefusals, security } from '../door.ts'
import { viewEvent } from '../events.ts'
import { billingCustomerParams as params, billingCustomerPath, viewOf } from './billing-customers.ts'
import { evidenceView, viewAttempt, viewConsentOf, viewHistory, viewOnboarding } from './evidence-view.ts'

/** The scopes that evidence needs besides `billing_customers:read`. */
const needed: Scope[] = ['customers:read', 'charges:read', 'events:read']
const mostCharges = 100
const mostEvents = 500

/** Puts together what is recorded about a billing customer. */
export function addEvidence(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    tags: ['Billing customers'],
    security,
    middleware: guards(d, 'billing_customers:read'),
    method: 'get',
    path: `${billingCustomerPath}/evidence`,
    operationId: 'getEvidence',
    summary: 'Retrieve what is recorded about a billing customer, for a dispute',
    description:
      'The record, consents, payment attempts, charges with refunds, events, and the histories of its runs as ' +
      'plain steps, without secrets and setup links. Also requires the scopes customers:read, charges:read and ' +
      'events:read. Each call writes the event billing_customer.evidence_retrieved. It works after the histories are ' +
      'gone, and after the erasure of the customer, without its personal data.',
    request: { params },
    responses: { 200: json(evidenceView), ...nativeRefusals },
  })
  app.openapi(route, async (c) => {
    const caller = c.get('caller')
    const missing = needed.find((scope) => !allows(caller.scopes, scope))
    if (missing) throw new Failure('forbidden', `the API key lacks the scope ${missing}`)
    const { id } = c.req.valid('param')
    // As costly as two lists, which have turns of their own: no list of the organization waits for Temporal.
    const recorded = await inTurn(d.state.listTurns, c, () => readRecorded(d, caller, id))
    const histories = await inTurn(d.state.historyTurns, c, () => d.runs.histories(recorded.workflowIds))
    return c.json(viewEvidence(recorded, histories), 200)
  })
}

async function readRecorded(d: ApiDependencies, caller: Caller, id: string) {
  // Without the scope of links, the views have none.
  const billingCustomer = await viewOf(d, { ...caller, scopes: needed }, id)
  await recordRetrieval(d.database, id, caller.id)
  const { customer_id: customerId, organization_id: organizationId, environment } = billingCustomer
  const [customer, recorded, charges, events] = await Promise.all([
    readCustomer(d.database, caller, customerId),
    readEvidence(d.database, id),
    listCharges(d.database, caller, { billingCustomerId: id }, { limit: mostCharges }),
    listEvents(d.database, caller, { billingCustomerId: id, afterSequence: 0 }, { limit: mostEvents }),
  ])
  const contact = { environment, organizationId, customerId }
  const workflowIds = [...workflowIdsOf(contact), ...charges.rows.map((charge) => moneyWorkflowId(charge.id))]
  return { billingCustomer, customer, ...recorded, charges, events, workflowIds }
}

function viewEvidence(
  recorded: Awaited<ReturnType<typeof readRecorded>>,
  histories: RunHistory[] | undefined,
): z.input<typeof evidenceView> {
  const { billingCustomer, customer, onboardings, consents, attempts, charges, events } = recorded
  return {
    object: 'evidence',
    created_at: new Date().toISOString(),
    billing_customer: billingCustomer,
    customer: customer ? viewCustomer(customer) : null,
    onboardings: onboardings.map(viewOnboarding),
    consents: consents.map(viewConsentOf),
    payment_attempts: attempts.map(viewAttempt),
    charges: charges.rows.map(viewCharge),
    events: events.rows.map(viewEvent),
    has_more_events: events.nextCursor !== null,
    histories: (histories ?? []).map(viewHistory),
    histories_status: !histories ? 'unavailable' : histories.length > 0 ? 'available' : 'gone',
  }
}
