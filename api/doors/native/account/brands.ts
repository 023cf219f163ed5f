import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { notFound } from '../../../../domain/failure/failures.ts'
import { givenLooks } from '../../../../domain/tenant/brand-looks.ts'
import { findBrand, insertBrand, listBrands, updateBrand, type Brand } from '../../../../store/tenants/brands.ts'
import type { Caller } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { looksFields, looksView, toLooks, viewLooks } from '../../../schemas/brand-fields.ts'
import * as fields from '../../../schemas/fields.ts'
import { createdId } from '../../../call/idempotency.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { pageOf, pageQuery, time, toList } from '../../../schemas/lists.ts'
import { json, jsonBody } from '../../../schemas/json.ts'

const view = z
  .object({
    id: z.string(),
    object: z.literal('brand'),
    environment: z.enum(['live', 'sandbox']),
    number: z.number().int(),
    name: z.string(),
    ...looksView,
    created_at: time,
  })
  .openapi('Brand', { description: 'The appearance of the hosted page, in the environment of the key that created it' })
const name = fields.name(255, 'Northwind Fitness')
const createRequest = z.strictObject({ name, ...looksFields }).openapi('CreateBrand')
const updateRequest = z.strictObject({ name: name.optional(), ...looksFields }).openapi('UpdateBrand')

const tags = ['Brands']
const params = idParam('brand_01k2…')

const toView = (brand: Brand) => ({
  id: brand.id,
  object: 'brand' as const,
  environment: brand.environment,
  number: brand.number,
  name: brand.name,
  ...viewLooks(brand),
  created_at: brand.createdAt.toISOString(),
})

export function addBrands(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags, security, middleware: guards(d, 'brands:write') }
  const create = createRoute({
    ...common,
    method: 'post',
    path: '/v1/brands',
    operationId: 'createBrand',
    summary: 'Create a brand: the appearance of the hosted page',
    request: { body: jsonBody(createRequest) },
    responses: { 201: json(view, 'Created'), ...nativeRefusals },
  })
  app.openapi(create, async (c) => {
    const { name, ...looks } = c.req.valid('json')
    const { organizationId, environment } = c.get('caller')
    const wanted = { id: createdId(c, 'brand'), organizationId, environment, name, ...givenLooks(toLooks(looks)) }
    return c.json(toView(await insertBrand(d.database, wanted, byApiKey(c.get('caller').id))), 201)
  })

  const update = createRoute({
    ...common,
    method: 'patch',
    path: '/v1/brands/{id}',
    operationId: 'updateBrand',
    summary: 'Update a brand',
    request: { params, body: jsonBody(updateRequest) },
    responses: { 200: json(view), ...nativeRefusals },
  })
  app.openapi(update, async (c) => {
    const { id } = await requireBrand(d, c.get('caller'), c.req.valid('param').id)
    const { name, ...looks } = c.req.valid('json')
    const changes = { ...(name === undefined ? {} : { name }), ...givenLooks(toLooks(looks)) }
    await updateBrand(d.database, id, changes, byApiKey(c.get('caller').id))
    return c.json(toView(await requireBrand(d, c.get('caller'), id)), 200)
  })
  addReading(app, d)
}

function addReading(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags, security, middleware: guards(d, 'brands:read'), method: 'get' as const }
  const listing = createRoute({
    ...common,
    middleware: guards(d, 'brands:read', { list: true, query: true }),
    path: '/v1/brands',
    operationId: 'listBrands',
    summary: 'List brands, newest first',
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: json(pageOf(view, 'BrandList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) =>
    c.json(toList(await listBrands(d.database, c.get('caller'), c.req.valid('query')), toView), 200),
  )

  const get = createRoute({
    ...common,
    path: '/v1/brands/{id}',
    operationId: 'getBrand',
    summary: 'Retrieve a brand by id or number',
    request: { params },
    responses: { 200: json(view), ...nativeRefusals },
  })
  app.openapi(get, async (c) => c.json(toView(await requireBrand(d, c.get('caller'), c.req.valid('param').id)), 200))
}

async function requireBrand(d: ApiDependencies, caller: Caller, id: string): Promise<Brand> {
  const found = await findBrand(d.database, caller, id)
  if (!found) throw notFound('Brand')
  return found
}
