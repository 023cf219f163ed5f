import { z } from '@hono/zod-openapi'
import { gatewayNames, type GatewayName } from '../../domain/lifecycle.ts'
import { findCardNumbers } from '../../domain/text/card-numbers.ts'
import { Failure } from '../../domain/failure/failures.ts'
import type { RowInput } from '../../store/bulk/row-input.ts'
import { checkTexts, paramOf } from '../call/json-text.ts'
import { wrongFields } from '../errors/wrong-fields.ts'
import { checkTogether, externalId, profileFields, toChanges } from '../schemas/customer-fields.ts'
import { checkExistingIds, existingIdFields } from '../schemas/payment-data.ts'
import { toPageChanges } from '../schemas/page-options.ts'
import { checkTrigger, openingFields } from '../schemas/opening-fields.ts'

const rowFields = z.strictObject({ ...profileFields, external_id: externalId, ...openingFields, ...existingIdFields })

type Row = z.output<typeof rowFields>

/** A row: the fields of `POST /v1/customers` and `POST /v1/billing_customers`, by default for the gateway `usual`. */
const rowSchemaWith = (usual: GatewayName) =>
  rowFields
    .superRefine(checkTogether)
    .superRefine(checkTrigger)
    .superRefine((row, context) => checkExistingIds(row, context, row.gateway ?? usual))
    .superRefine((row, context) => checkMapping(row, context, row.gateway ?? usual))

type RowSchema = ReturnType<typeof rowSchemaWith>
const rowSchemas = Object.fromEntries(gatewayNames.map((name) => [name, rowSchemaWith(name)])) as Record<
  GatewayName,
  RowSchema
>

/** A row names one customer at a gateway. */
function checkMapping(row: Row, context: z.RefinementCtx, gateway: GatewayName): void {
  const { gateway_customer_id: id, integration_entity_mapping: mappings = [] } = row
  if (id === undefined || !mappings.some((mapped) => mapped.provider === gateway && mapped.id !== id)) return
  const message = `must be the id that integration_entity_mapping has for ${gateway}`
  context.addIssue({ code: 'custom', path: ['gateway_customer_id'], message })
}

/** Defaults of a row, which its own cells can replace. */
export type RowDefaults = Partial<Pick<z.input<RowSchema>, 'brand_id' | 'gateway' | 'billable_item_id'>>

/** The input of a row. The brand is unresolved: an id or a number. */
export type ParsedRow = Omit<RowInput, 'brandId'> & { brand: string | undefined; externalId: string }

/**
 * Returns the input of a row. `usual` is the gateway of existing ids without one. Throws `invalid_request` with every
 * invalid field, as the calls for one customer do. Card numbers are rejected in any field.
 */
export function parseRow(values: Record<string, unknown>, defaults: RowDefaults, usual: GatewayName): ParsedRow {
  checkTexts(values)
  const cards = findCardNumbers(values)
  if (cards.length > 0) throw cardsRefused(cards.map(({ path }) => paramOf(path)))
  const parsed = rowSchemas[usual].safeParse({ ...defaults, ...values })
  if (!parsed.success) throw wrongFields(parsed.error.issues)
  const { brand_id: brand, gateway, require_initial, initial_amount, notes, billable_item_id, ...rest } = parsed.data
  const { allow_trigger: allowed, page, gateway_customer_id, payment_method_id, ...profileInput } = rest
  const { parent, mappings, ...profile } = toChanges(profileInput)
  const item = billable_item_id === undefined ? {} : { billableItemId: billable_item_id, allowTrigger: true }
  return {
    externalId: parsed.data.external_id,
    profile,
    parent,
    mappings,
    brand,
    gateway,
    requireInitial: require_initial,
    initialAmount: initial_amount,
    notes,
    gatewayCustomerId: gateway_customer_id,
    paymentMethodId: payment_method_id,
    page: toPageChanges(page),
    allowTrigger: allowed,
    ...item,
  }
}

function cardsRefused(params: string[]): Failure {
  const fields = params.map((param) => ({ param, message: 'must not contain a card number' }))
  return new Failure('invalid_request', fields[0]!.message, { param: fields[0]!.param, fields })
}
