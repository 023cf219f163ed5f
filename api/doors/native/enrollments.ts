import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../domain/events/author.ts'
import { invalid, notFound } from '../../../domain/failure/failures.ts'
import { canEnrollIn, findBillableItem } from '../../../store/catalog/billable-items.ts'
import { findBillingCustomer } from '../../../store/billing-customers/billing-customers.ts'
import { cancelEnrollment } from '../../../store/catalog/cancel-enrollment.ts'
import { enrollActive } from '../../../store/catalog/enroll-active.ts'
import type { Enrollment } from '../../../store/catalog/enrollments.ts'
import { findEnrollment, pageEnrollments } from '../../../store/catalog/list-enrollments.ts'
import type { Caller } from '../../call/auth.ts'
import type { CallEnv } from '../../call/call-env.ts'
import { createdId } from '../../call/idempotency.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import * as fields from '../../schemas/fields.ts'
import { guards, idParam, nativeRefusals, security } from './door.ts'
import { createdQuery, pageOf, pageQuery, time, toList, toRange } from '../../schemas/lists.ts'
import { json, jsonBody } from '../../schemas/json.ts'
import { idFilter } from '../../schemas/query-fields.ts'

const status = z.enum(['active', 'paused', 'canceled'])
const view = z
  .object({
    id: z.string(),
    object: z.literal('enrollment'),
    billing_customer_id: z.string(),
    billable_item_id: z.string(),
    status,
    consecutive_failures: z.number().int(),
    last_triggered_at: time.nullable(),
    created_at: time,
  })
  .openapi('Enrollment')
const enrolled = view
  .extend({ existing: z.boolean().openapi({ description: 'Whether it was active before this call' }) })
  .openapi('Enrolled')
const request = z
  .strictObject({
    billing_customer_id: fields.text(64, 'bc_01k2j0q8e5f7g9h1j3k5m7n9p1'),
    billable_item_id: fields.text(64, 'bi_01k2j0q8e5f7g9h1j3k5m7n9p1'),
  })
  .openapi('CreateEnrollment')
const query = z.strictObject({
  ...pageQuery,
  ...createdQuery,
  status: status.optional(),
  billing_customer_id: idFilter('billingCustomer').optional(),
  billable_item_id: idFilter('billableItem').optional(),
})
const tags = ['Enrollments']
const params = idParam('enr_01k2…')

// The edge documents, and therefore the rows, spell it with two l.
const statuses = { active: 'active', paused: 'paused', cancelled: 'canceled' } as const
const stored = { active: 'active', paused: 'paused', canceled: 'cancelled' } as const

const toView = (enrollment: Enrollment) => ({
  id: enrollment.id,
  object: 'enrollment' as const,
  billing_customer_id: enrollment.billingCustomerId,
  billable_item_id: enrollment.billableItemId,
  status: statuses[enrollment.status],
  consecutive_failures: enrollment.consecutiveFailures,
  last_triggered_at: enrollment.lastTriggeredAt?.toISOString() ?? null,
  created_at: enrollment.createdAt.toISOString(),
})

export function addEnrollments(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags, security, middleware: guards(d, 'enrollments:write'), method: 'post' as const }
  const create = createRoute({
    ...common,
    path: '/v1/enrollments',
    operationId: 'createEnrollment',
    summary: 'Enroll an active billing customer in a trigger item',
    description:
      "Does not depend on the billing customer's allow_trigger, which is for the system that fires trigger items.",
    request: { body: jsonBody(request) },
    responses: { 200: json(enrolled, 'Existed before'), 201: json(enrolled, 'Created'), ...nativeRefusals },
  })
  app.openapi(create, async (c) => {
    const { billing_customer_id: id, billable_item_id: itemId } = c.req.valid('json')
    const caller = c.get('caller')
    await checkParties(d, caller, id, itemId)
    const wanted = { id, itemId, enrollmentId: createdId(c, 'enrollment') }
    const made = await enrollActive(d.database, caller, wanted, byApiKey(caller.id))
    return c.json({ ...toView(made.enrollment), existing: made.existing }, made.existing ? 200 : 201)
  })

  const cancel = createRoute({
    ...common,
    path: '/v1/enrollments/{id}/cancel',
    operationId: 'cancelEnrollment',
    summary: 'Cancel an enrollment; no effect if it is already canceled',
    request: { params },
    responses: { 200: json(view), ...nativeRefusals },
  })
  app.openapi(cancel, async (c) => {
    const caller = c.get('caller')
    const found = await requireEnrollment(d, caller, c.req.valid('param').id)
    await cancelEnrollment(d.database, found, byApiKey(caller.id))
    return c.json(toView(await requireEnrollment(d, caller, found.id)), 200)
  })
  addReading(app, d)
}

function addReading(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags, security, middleware: guards(d, 'enrollments:read'), method: 'get' as const }
  const listing = createRoute({
    ...common,
    middleware: guards(d, 'enrollments:read', { list: true, query: true }),
    path: '/v1/enrollments',
    operationId: 'listEnrollments',
    summary: 'List enrollments, newest first',
    request: { query },
    responses: { 200: json(pageOf(view, 'EnrollmentList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid('query')
    const filter = {
      status: asked.status && stored[asked.status],
      billingCustomerId: asked.billing_customer_id,
      billableItemId: asked.billable_item_id,
      ...toRange(asked),
    }
    return c.json(toList(await pageEnrollments(d.database, c.get('caller'), filter, { limit, cursor }), toView), 200)
  })

  const get = createRoute({
    ...common,
    path: '/v1/enrollments/{id}',
    operationId: 'getEnrollment',
    summary: 'Retrieve an enrollment',
    request: { params },
    responses: { 200: json(view), ...nativeRefusals },
  })
  app.openapi(get, async (c) =>
    c.json(toView(await requireEnrollment(d, c.get('caller'), c.req.valid('param').id)), 200),
  )
}

async function requireEnrollment(d: ApiDependencies, caller: Caller, id: string): Promise<Enrollment> {
  const found = await findEnrollment(d.database, caller, id)
  if (!found) throw notFound('Enrollment')
  return found
}

async function checkParties(d: ApiDependencies, caller: Caller, id: string, itemId: string): Promise<void> {
  if (!(await findBillingCustomer(d.database, caller, id))) throw notFound('Billing customer', 'billing_customer_id')
  if (!(await findBillableItem(d.database, caller, itemId))) throw notFound('Billable item', 'billable_item_id')
  if (!(await canEnrollIn(d.database, caller, itemId)))
    throw invalid('billable_item_id', 'must be an active trigger item')
}
