import { z } from '@hono/zod-openapi'
import { gatewayNames } from '../../domain/lifecycle.ts'
import { largestAmount } from '../../domain/payment/money.ts'
import * as fields from './fields.ts'
import { pageOptions } from './page-options.ts'

/** What `allow_trigger` is for: it does not limit enrolling, whose callers may never have set it. */
export const allowTriggerMeaning =
  'Whether the system that fires trigger items may charge the billing customer. It is stored for that system; ' +
  'enrolling does not depend on it'

const boolean = z.boolean(fields.mustBe('true or false'))

/** Fields of calls that open an onboarding, in one call or in a row of a bulk onboarding. */
export const openingFields = {
  brand_id: fields.text(64).optional().openapi({ description: 'Default: the first brand of the environment' }),
  gateway: z.enum(gatewayNames, fields.mustBe(`one of ${gatewayNames.join(', ')}`)).optional(),
  billable_item_id: fields
    .text(64)
    .optional()
    .openapi({
      description:
        'An active trigger item to enroll in after activation. An active billing customer is enrolled ' +
        'immediately, which also requires the scope enrollments:write',
    }),
  require_initial: boolean.optional().openapi({
    description:
      'Whether an initial charge is made. If false, and neither an item nor a payment method is specified, ' +
      'the billing customer is active immediately, without a payment method',
  }),
  initial_amount: fields
    .minorUnits(1)
    .max(largestAmount, `must be at most ${largestAmount}`)
    .optional()
    .openapi({ description: 'Minor units', example: 1500 }),
  allow_trigger: boolean.optional().openapi({
    description:
      `${allowTriggerMeaning}. Must not be false together with an item. ` +
      'Default: true with an item, otherwise false',
  }),
  notes: fields.notes.optional(),
  page: pageOptions.optional().openapi({ description: 'Options of the hosted page; they apply while it is pending' }),
}

type Opening = z.output<z.ZodObject<typeof openingFields>>

/** The rule over several opening fields. */
export function checkTrigger({ billable_item_id: item, allow_trigger: allowed }: Opening, context: z.RefinementCtx) {
  if (item !== undefined && allowed === false)
    context.addIssue({
      code: 'custom',
      path: ['allow_trigger'],
      message: 'must be true if billable_item_id is specified',
    })
}
