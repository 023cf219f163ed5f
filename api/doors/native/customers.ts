import { billingCustomerStatuses } from '../../../domain/lifecycle.ts'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { updateCustomer } from '../../../store/customers/customers.ts'
import { countCustomers, listCustomers } from '../../../store/customers/list-customers.ts'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import * as fields from '../../schemas/fields.ts'
import { createdId } from '../../call/idempotency.ts'
import { createCustomer } from '../../customers/create-customer.ts'
import { deleteCustomerOf, withDeletion } from '../../customers/delete-customer.ts'
import { linkOf } from '../../setup/open-onboarding.ts'
import { withExistingId } from '../../customers/external-id-taken.ts'
import { requireCustomer } from '../../customers/require-customer.ts'
import { checkTogether, profileFields, toChanges } from '../../schemas/customer-fields.ts'
import { customerView, viewCustomer } from '../../schemas/customer-view.ts'
import { door, guards, nativeRefusals, security } from './door.ts'
import { refusalOf } from '../door.ts'
import { createdQuery, pageOf, pageQuery, toList, toRange } from '../../schemas/lists.ts'
import { json, jsonBody } from '../../schemas/json.ts'
import { emailFilter, externalIdFilter, idFilter } from '../../schemas/query-fields.ts'

const createRequest = z
  .strictObject({
    ...profileFields,
    brand_id: fields
      .text(64)
      .optional()
      .openapi({ description: 'The appearance of the hosted page; the first brand by default' }),
    skip_onboarding_workflow: z.boolean(fields.mustBe('true or false')).optional(),
  })
  .superRefine(checkTogether)
  .openapi('CreateCustomer', { example: { external_id: 'usr_12345', name: 'Ada Example', email: 'ada@example.com' } })
const updateRequest = z
  .strictObject(profileFields)
  .superRefine(checkTogether)
  .openapi('UpdateCustomer', { example: { name: 'Ada Lovelace', address_country: 'GB' } })
const createdCustomer = customerView
  .extend({
    billing_customer_id: z
      .string()
      .nullable()
      .openapi({ description: 'Set if creating the customer opened an onboarding' }),
    setup_url: z.string().optional().openapi({ description: 'Set only if creating the customer opened an onboarding' }),
  })
  .openapi('CreatedCustomer')

const most = 10_000
const query = z.strictObject({
  ...pageQuery,
  ...createdQuery,
  external_id: externalIdFilter.optional(),
  email: emailFilter.optional(),
  status: z
    .enum([...billingCustomerStatuses, 'none'])
    .optional()
    .openapi({
      description: 'Status of the billing customer; none for customers without one',
    }),
  parent_customer_id: idFilter('customer').optional(),
  include_total: z.enum(['true', 'false'], fields.mustBe('true or false')).optional(),
})
const list = pageOf(customerView, 'CustomerPage')
  .extend({
    total: z
      .number()
      .int()
      .optional()
      .openapi({ description: `Only if include_total is true; counted up to ${most}` }),
  })
  .openapi('CustomerList')

const tags = ['Customers']
export const customerPath = '/v1/customers/{id}' as const
export const customerParams = z.object({
  id: fields
    .text(256)
    .openapi({ description: 'The id, or the external id', example: 'cus_01k2j0q8e5f7g9h1j3k5m7n9p1' }),
})

const create = (d: ApiDependencies) =>
  createRoute({
    tags,
    security,
    middleware: guards(d, 'customers:write'),
    method: 'post',
    path: '/v1/customers',
    operationId: 'createCustomer',
    summary: 'Create a customer; opens its onboarding if onboard_new_customers is true',
    description:
      'If the setting onboard_new_customers is on, this also requires the scope billing_customers:write, unless ' +
      'skip_onboarding_workflow is true.',
    request: { body: jsonBody(createRequest) },
    responses: { 201: json(createdCustomer, 'Created'), ...nativeRefusals },
  })

export function addCustomers(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  app.openapi(create(d), async (c) => {
    const { brand_id: brand, skip_onboarding_workflow: skipOnboarding, ...profile } = c.req.valid('json')
    const { parent, mappings, ...rest } = toChanges(profile)
    const id = createdId(c, 'customer')
    const wanted = { id, profile: rest, parent, mappings, skipOnboarding, brand }
    const { customer, opened } = await createCustomer(d, c.get('caller'), wanted).catch(
      withExistingId(d, c.get('caller'), profile.external_id),
    )
    const started = {
      billing_customer_id: opened?.billingCustomer.id ?? null,
      ...(opened ? { setup_url: linkOf(d, opened) } : {}),
    }
    return c.json({ ...viewCustomer(customer), ...started }, 201)
  })

  const listing = createRoute({
    tags,
    security,
    middleware: guards(d, 'customers:read', { list: true, query: true }),
    method: 'get',
    path: '/v1/customers',
    operationId: 'listCustomers',
    summary: 'List customers, newest first',
    request: { query },
    responses: { 200: json(list), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const { limit, cursor, include_total, ...asked } = c.req.valid('query')
    const filter = {
      externalId: asked.external_id,
      email: asked.email,
      status: asked.status,
      parentCustomerId: asked.parent_customer_id,
      ...toRange(asked),
    }
    const caller = c.get('caller')
    const page = toList(await listCustomers(d.database, caller, filter, { limit, cursor }), viewCustomer)
    if (include_total !== 'true') return c.json(page, 200)
    return c.json({ ...page, total: await countCustomers(d.database, caller, filter, most) }, 200)
  })

  const get = createRoute({
    tags,
    security,
    middleware: guards(d, 'customers:read'),
    method: 'get',
    path: customerPath,
    operationId: 'getCustomer',
    summary: 'Retrieve a customer by id or external id',
    request: { params: customerParams },
    responses: { 200: json(customerView), 410: refusalOf(door, 'The customer was deleted'), ...nativeRefusals },
  })
  app.openapi(get, async (c) => {
    const caller = c.get('caller')
    const { id } = c.req.valid('param')
    return c.json(viewCustomer(await requireCustomer(d, caller, id).catch(withDeletion(d, caller, id))), 200)
  })

  addChanges(app, d)
}

function addChanges(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags, security, middleware: guards(d, 'customers:write'), path: customerPath }
  const update = createRoute({
    ...common,
    method: 'patch',
    operationId: 'updateCustomer',
    summary: 'Update a customer',
    request: { params: customerParams, body: jsonBody(updateRequest) },
    responses: { 200: json(customerView), ...nativeRefusals },
  })
  app.openapi(update, async (c) => {
    const caller = c.get('caller')
    const changes = toChanges(c.req.valid('json'))
    const { id } = await requireCustomer(d, caller, c.req.valid('param').id)
    const changed = await updateCustomer(d.database, caller, id, changes, caller.id).catch(
      withExistingId(d, caller, changes.externalId),
    )
    return c.json(viewCustomer(changed), 200)
  })

  const remove = createRoute({
    ...common,
    method: 'delete',
    operationId: 'deleteCustomer',
    summary: 'Delete a customer without dependents, and erase its personal data',
    description:
      'Its personal data is erased after the setting erasure_delay_days. Until then and afterwards, retrieving it by ' +
      'its id returns 410 with the times. A repeat with the id changes nothing, or erases earlier if the setting is ' +
      'lower by now. Ids, amounts, currencies, times and references to payments remain (docs/data-protection.md).',
    request: { params: customerParams },
    responses: { 204: { description: 'Deleted' }, ...nativeRefusals },
  })
  app.openapi(remove, async (c) => {
    await deleteCustomerOf(d, c.get('caller'), c.req.valid('param').id)
    return c.body(null, 204)
  })
}
