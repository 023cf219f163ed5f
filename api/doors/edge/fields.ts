import { z } from '@hono/zod-openapi'
import { mustBe, noCards } from '../../fields.ts'

// The fields of the edge documents. Messages say what would be right; the path is put before them.

export const id = (what: string, example: string) =>
  z.string(mustBe(what)).min(1, `must be ${what}`).max(255, 'must be at most 255 characters').openapi({ example })

export const apiKey = z.string().openapi({ description: 'A secret key of the organization', example: 'sk_test_…' })
export const organizationId = id('the id of your organization', 'org_01k2…')
export const brandId = z
  .union([z.string(), z.number().int()], mustBe('the id or the number of a brand'))
  .transform(String)
  .openapi({ type: 'string', example: 'brand_01k2…' })
export const contactId = id('the id of a contact', 'cont_42')
export const billingCustomerId = id('the id of a billing customer', 'bc_01k2…')
export const billableItemId = id('the id of a billable item', 'bi_01k2…')
export const gateway = z.enum(['stripe', 'paypal'], { error: 'must be stripe or paypal' })
export const flag = (meaning: string) =>
  z
    .union([z.literal(0), z.literal(1)], { error: 'must be the integer 0 or 1' })
    .openapi({ type: 'integer', enum: [0, 1], description: meaning })

export const notes = z
  .string({ error: 'must be a text' })
  .max(5000, 'must be at most 5000 characters')
  .superRefine(noCards('notes'))

/** Free data of the caller; names that begin with `_` are ours. */
export const metadata = z
  .record(z.string(), z.unknown(), { error: 'must be an object' })
  .superRefine((value, context) => {
    for (const key of Object.keys(value)) {
      if (key.startsWith('_'))
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'must not begin with _: such names are kept for the service',
        })
      if (key.length > 255)
        context.addIssue({
          code: 'custom',
          path: [`${key.slice(0, 40)}…`],
          message: 'must be at most 255 characters long',
        })
    }
  })
  .superRefine(noCards('meta'))
  .openapi({ type: 'object', additionalProperties: true })

const token = (what: string) =>
  z.string(mustBe(what)).min(1, `must be ${what}`).max(255, `must be ${what}`).superRefine(noCards('payment_data'))

export const stripeData = z.strictObject(
  {
    pm_id: token('the id of a payment method').regex(
      /^pm_[A-Za-z0-9_]+$/,
      'must be the id of a payment method, such as pm_1Q…',
    ),
    customer_id: token('the id of a customer')
      .regex(/^cus_[A-Za-z0-9_]+$/, 'must be the id of a Stripe customer, such as cus_Q…')
      .optional(),
  },
  { error: 'must be an object' },
)
export const paypalData = z.strictObject(
  { vault_token: token('the id of a vaulted payment token') },
  { error: 'must be an object' },
)
