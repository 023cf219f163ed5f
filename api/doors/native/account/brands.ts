import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { notFound } from '../../../../domain/failure/failures.ts'
import { contrastOf } from '../../../../domain/tenant/brand-contrast.ts'
import { colourPattern, colourRule } from '../../../../domain/tenant/brand-colour.ts'
import { logoOrigin, logoRule } from '../../../../domain/text/web-addresses.ts'
import { findBrand, insertBrand, listBrands, updateBrand, type Brand } from '../../../../store/tenants/brands.ts'
import type { Caller } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
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
    logo_url: z.string().nullable(),
    colour: z.string().nullable(),
    contrast: z
      .object({ on_brand: z.string(), ratio: z.number(), ink: z.string() })
      .nullable()
      .openapi({
        description:
          'The colors that the page computes from `colour`, so that text can be read (WCAG 2.2, at least 4.5:1): ' +
          '`on_brand` for text on it, with the contrast `ratio`, and `ink` for text and focus rings of that color',
        example: { on_brand: '#ffffff', ratio: 5.83, ink: '#2f5bd7' },
      }),
    support_contact: z.string().nullable(),
    created_at: time,
  })
  .openapi('Brand', { description: 'The appearance of the hosted page, in the environment of the key that created it' })
const looks = {
  logo_url: z
    .string(fields.mustBe('a string'))
    .max(2000, 'must be at most 2000 characters')
    .refine((address) => logoOrigin(address) !== undefined, logoRule)
    .nullish()
    .openapi({ format: 'uri', example: 'https://cdn.example.com/logo.svg' }),
  colour: z
    .string(fields.mustBe('a string'))
    .regex(colourPattern, colourRule)
    .toLowerCase()
    .nullish()
    .openapi({ example: '#2f5bd7' }),
  support_contact: fields.name(200, 'help@example.com').nullish(),
}
const name = fields.name(255, 'Northwind Fitness')
const createRequest = z.strictObject({ name, ...looks }).openapi('CreateBrand')
const updateRequest = z.strictObject({ name: name.optional(), ...looks }).openapi('UpdateBrand')

const tags = ['Brands']
const params = idParam('brand_01k2…')

const toView = (brand: Brand) => ({
  id: brand.id,
  object: 'brand' as const,
  environment: brand.environment,
  number: brand.number,
  name: brand.name,
  logo_url: brand.logoUrl,
  colour: brand.colour,
  contrast: brand.colour === null ? null : contrastView(brand.colour),
  support_contact: brand.supportContact,
  created_at: brand.createdAt.toISOString(),
})

function contrastView(colour: string) {
  const { onBrand, ratio, ink } = contrastOf(colour)
  return { on_brand: onBrand, ratio, ink }
}

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
    const {
      name,
      logo_url: logoUrl = null,
      colour = null,
      support_contact: supportContact = null,
    } = c.req.valid('json')
    const { organizationId, environment } = c.get('caller')
    const wanted = { id: createdId(c, 'brand'), organizationId, environment, name, logoUrl, colour, supportContact }
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
    const { name, logo_url: logoUrl, colour, support_contact: supportContact } = c.req.valid('json')
    const said = Object.entries({ name, logoUrl, colour, supportContact }).filter(([, value]) => value !== undefined)
    await updateBrand(d.database, id, Object.fromEntries(said), byApiKey(c.get('caller').id))
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
