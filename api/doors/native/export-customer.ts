import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { Failure } from '../../../domain/failure/failures.ts'
import { allows, type Scope } from '../../../domain/tenant/scopes.ts'
import { customerIdIn } from '../../../domain/text/ids.ts'
import { readDeletion } from '../../../store/erasure/delete-customer.ts'
import { exportCustomer } from '../../../store/export/export-customer.ts'
import { exportedTables } from '../../../store/export/exported-columns.ts'
import type { Caller } from '../../call/auth.ts'
import type { CallEnv } from '../../call/call-env.ts'
import { withDeletion } from '../../customers/delete-customer.ts'
import { requireCustomer } from '../../customers/require-customer.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { json } from '../../schemas/json.ts'
import { pageOf, pageQuery, toList } from '../../schemas/lists.ts'
import { refusalOf } from '../door.ts'
import { customerParams as params, customerPath } from './customers.ts'
import { door, guards, nativeRefusals, security } from './door.ts'

/** The scopes that an export needs besides `customers:read`: those of the routes that return its rows otherwise. */
const needed: Scope[] = [
  ...(['billing_customers:read', 'enrollments:read', 'charges:read', 'events:read'] as const),
  ...(['webhook_endpoints:read', 'bulk_onboardings:read'] as const),
]

const query = z.strictObject({
  limit: pageQuery.limit,
  cursor: z.string().min(1).max(400).optional().openapi({ description: 'The next_cursor of the previous page' }),
})
const exportedRow = z
  .object({
    table: z.enum(exportedTables).openapi({ example: 'customers' }),
    row: z.record(z.string(), z.unknown()).openapi({
      description: 'Its columns, as stored: times are RFC 3339 in UTC, amounts minor units',
      example: { id: 'cus_01k2…', name: 'Ada Example', email: 'ada@example.com' },
    }),
  })
  .openapi('ExportedRow')

/** Returns everything that is held about a customer. */
export function addCustomerExport(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const route = createRoute({
    tags: ['Customers'],
    security,
    middleware: guards(d, 'customers:read', { list: true, query: true }),
    method: 'get',
    path: `${customerPath}/export`,
    operationId: 'exportCustomer',
    summary: 'Export everything that is held about a customer',
    description:
      'The rows of all tables about the customer, table by table, oldest first: the profile, external ids, billing ' +
      'customers, onboardings, consents, payments, charges, refunds, events, webhook deliveries and rows of files. ' +
      `It has no secret and no setup link (docs/data-protection.md). Also requires the scopes ${needed.join(', ')}. ` +
      'The first page writes the event customer.exported. A deleted customer can be exported by its id until its ' +
      'personal data is erased.',
    request: { params, query },
    responses: {
      200: json(pageOf(exportedRow, 'CustomerExport')),
      410: refusalOf(door, 'The personal data of the customer was erased'),
      ...nativeRefusals,
    },
  })
  app.openapi(route, async (c) => {
    const caller = c.get('caller')
    const missing = needed.find((scope) => !allows(caller.scopes, scope))
    if (missing) throw new Failure('forbidden', `the API key lacks the scope ${missing}`)
    const customerId = await exportable(d, caller, c.req.valid('param').id)
    const page = await exportCustomer(d.database, caller, { customerId, by: caller.id }, c.req.valid('query'))
    return c.json(
      toList(page, (row) => row),
      200,
    )
  })
}

/** Returns the id of a customer of the caller that was not erased. Throws `not_found`, and `gone` for an erased one. */
async function exportable(d: ApiDependencies, caller: Caller, name: string): Promise<string> {
  try {
    return (await requireCustomer(d, caller, name)).id
  } catch (error) {
    const id = customerIdIn(name)
    const deletion = await readDeletion(d.database, caller, id)
    return deletion && !deletion.erasedAt ? id : withDeletion(d, caller, name)(error)
  }
}
