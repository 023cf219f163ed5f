import type { Context } from 'hono'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { pageLocales, pageThemes } from '../../../../domain/hosted-page.ts'
import { notFound } from '../../../../domain/failure/failures.ts'
import { onboardingKinds } from '../../../../domain/lifecycle.ts'
import { previewStates, pseudoLocale, type PreviewRequest } from '../../../../domain/tenant/page-previews.ts'
import { findBrand, type Brand } from '../../../../store/tenants/brands.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { mustBe } from '../../../schemas/fields.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, mustBe(`one of ${values.join(', ')}`))
const query = z.strictObject({
  state: oneOf(previewStates).default('form').openapi({ description: 'What the page shows' }),
  kind: oneOf(onboardingKinds)
    .default('onboarding')
    .openapi({ description: 'Whether the customer sets billing up, or replaces the payment method' }),
  locale: oneOf([...pageLocales, pseudoLocale])
    .optional()
    .openapi({ description: `The language. ${pseudoLocale} is longer English with accents, for tests. Default: en` }),
  theme: oneOf(pageThemes).optional().openapi({ description: "The colors. Default: the brand's theme" }),
})

/** Responds with a preview of the hosted page. */
export type DrawPreview = (c: Context, d: ApiDependencies, brand: Brand, asked: PreviewRequest) => Promise<Response>

/** Adds the preview, which the hosted page's own room draws: a door does not depend on it. */
export function addBrandPreview(app: OpenAPIHono<CallEnv>, d: ApiDependencies, draw: DrawPreview): void {
  const route = createRoute({
    tags: ['Brands'],
    security,
    middleware: guards(d, 'brands:read', { list: true, query: true }),
    method: 'get',
    path: '/v1/brands/{id}/preview',
    operationId: 'previewBrand',
    summary: 'Preview the hosted page of a brand in any of its states',
    description:
      'Returns the page as one HTML file, with example data. It loads nothing from the vendors and makes no call; ' +
      'a placeholder is in the place of the card form.',
    request: { params: idParam('brand_01k2…'), query },
    responses: {
      200: { description: 'The page', content: { 'text/html': { schema: z.string() } } },
      ...nativeRefusals,
    },
  })
  app.openapi(route, async (c) => {
    const brand = await findBrand(d.database, c.get('caller'), c.req.valid('param').id)
    if (!brand) throw notFound('Brand')
    return draw(c, d, brand, c.req.valid('query'))
  })
}
