import { z } from '@hono/zod-openapi'
import { gatewayFacts } from '../../../domain/gateways/list.ts'
import type { PageChanges } from '../../../domain/hosted-page.ts'
import { gatewayNames, type GatewayName } from '../../../domain/lifecycle.ts'
import { billingMetadata, contactDescription, mustBe, notes as notesOf } from '../../schemas/fields.ts'
import { cancelUrlMeaning, link, locale, returnUrlMeaning } from '../../schemas/page-options.ts'

// The fields of the edge documents. A message says what a valid value is, and follows the path of the field.

/** An optional field. Null means the same as an omitted field: the documents write defaults as null. */
export const optional = <Field extends z.ZodType>(field: Field) =>
  field.nullish().transform((value) => value ?? undefined)
/** An optional field with a default. */
export const orElse = <Field extends z.ZodType<number>>(field: Field, value: number) =>
  field
    .nullish()
    .transform((given) => given ?? value)
    .openapi({ default: value })

export const id = (what: string, example: string, most = 255) =>
  z.string(mustBe(what)).min(1, `must be ${what}`).max(most, `must be at most ${most} characters`).openapi({ example })

export const apiKey = z.string().openapi({ description: 'A secret key of the organization', example: 'sk_test_…' })
export const organizationId = id('the id of your organization', 'org_01k2…')
export const brandId = z
  .union([z.string(), z.number().int()], mustBe('the id or the number of a brand'))
  .transform(String)
  .openapi({ type: 'string', example: 'brand_01k2…' })
/** As long as an external id can be, so that every customer can be specified. */
export const contactId = id('the id of a contact', 'cont_42', 256).openapi({ description: contactDescription })
export const billingCustomerId = id('the id of a billing customer', 'bc_01k2…')
export const billableItemId = id('the id of a billable item', 'bi_01k2…')
export const gateway = z.enum(gatewayNames, { error: `must be ${gatewayNames.join(' or ')}` })
export const flag = (meaning: string) =>
  z
    .union([z.literal(0), z.literal(1)], { error: 'must be the integer 0 or 1' })
    .openapi({ type: 'integer', enum: [0, 1], description: meaning })

const count = (least: number, most: number) => z.number().int().min(least).max(most)
/** Paging, oldest first. */
export const limit = count(1, 1000)
export const offset = orElse(count(0, 1_000_000), 0)
export const hasMore = z
  .boolean()
  .openapi({ description: 'Whether there are more: add the number of returned rows to offset and call again' })

export const notes = notesOf

/** Metadata of the caller. Names that begin with `_` are reserved for the service. */
export const metadata = billingMetadata

/** Options of the hosted page, which the documents do not have. A missing one keeps its value. */
export const pageFields = {
  return_url: optional(link).openapi({ description: returnUrlMeaning }),
  cancel_url: optional(link).openapi({ description: cancelUrlMeaning }),
  locale: optional(locale).openapi({
    description: "The language of the page. Default: by the browser's Accept-Language",
  }),
}

export const toPageChanges = (body: z.output<z.ZodObject<typeof pageFields>>): PageChanges => ({
  returnUrl: body.return_url,
  cancelUrl: body.cancel_url,
  locale: body.locale,
})

const token = (what: string) => z.string(mustBe(what)).min(1, `must be ${what}`).max(255, `must be ${what}`)

const cardData = z.strictObject(
  {
    pm_id: token('the id of a payment method').regex(
      /^pm_[A-Za-z0-9_]+$/,
      'must be the id of a payment method, such as pm_1Q…',
    ),
    customer_id: optional(
      token('the id of a customer').regex(/^cus_[A-Za-z0-9_]+$/, 'must be the id of a Stripe customer, such as cus_Q…'),
    ),
  },
  { error: 'must be an object' },
)
const walletData = z.strictObject(
  { vault_token: token('the id of a vaulted payment token') },
  { error: 'must be an object' },
)

/** The documents' fields of a saved payment method at each gateway, with their own messages. */
export const savedMethods: Record<GatewayName, z.ZodType<Record<string, string | undefined>>> = {
  stripe: cardData,
  paypal: walletData,
}

/** The same for people. */
export const savedMethodsByGateway = gatewayNames
  .map((name) => {
    const { field, customer } = gatewayFacts[name].savedMethod
    return `{${field}${customer ? `, ${customer.field}?` : ''}} for ${name}`
  })
  .join(', ')
