import { z } from '@hono/zod-openapi'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { mappingProviders, type CustomerProfile } from '../../domain/tenant/customer-profile.ts'
import type { CustomerChanges } from '../../store/customers/customers.ts'
import type { ParentReference } from '../../store/customers/parents.ts'
import * as fields from './fields.ts'

/** The gateways that have customers of their own. */
const mapped = Object.values(gatewayFacts)
  .flatMap(({ title, savedMethod }) => (savedMethod.customer ? title : []))
  .join(' or ')

const paymentRules = z.strictObject({
  min_amount: fields.minorUnits().nullable().default(null),
  max_amount: fields.minorUnits().nullable().default(null),
  underpayment_allowed: z.boolean(fields.mustBe('true or false')).default(false),
  overpayment_allowed: z.boolean(fields.mustBe('true or false')).default(false),
})
const mapping = z.strictObject({
  provider: z.enum(mappingProviders, fields.mustBe(`one of ${mappingProviders.join(', ')}`)),
  id: fields.foreignId(255, 'cus_QXJ1c2FtcGxl'),
})

/** The caller's id of a customer. */
export const externalId = fields.text(256, 'usr_12345').normalize().superRefine(fields.canBeExternalId)

/** Fields of a customer: the union of the doors' fields. */
export const profileFields = {
  external_id: externalId.nullish(),
  name: fields.name(256, 'Ada Example').nullish(),
  email: fields.email().nullish(),
  phone: fields.phone.nullish(),
  currency: fields.currency.nullish(),
  balance: fields
    .minorUnits(Number.MIN_SAFE_INTEGER)
    .nullish()
    .openapi({ description: 'Minor units; positive if the customer owes it. Requires currency', example: 2000 }),
  address_line1: fields.name(255).nullish(),
  address_line2: fields.name(255).nullish(),
  address_city: fields.name(100).nullish(),
  address_state: fields.name(100).nullish(),
  address_postal_code: fields.name(20).nullish(),
  address_country: fields.country.nullish(),
  metadata: fields.metadata(z.unknown()).optional(),
  payment_rules: paymentRules.nullish(),
  parent_customer_id: fields.text(64).nullish(),
  parent_customer_external_id: fields.text(256).nullish(),
  integration_entity_mapping: z
    .array(mapping, fields.mustBe('an array of {provider, id}'))
    .max(10, 'must have at most 10 entries')
    .optional()
    .openapi({
      description: `Ids of the customer in other systems; a mapped ${mapped} customer is the one that is charged`,
    }),
}

export type ProfileInput = z.output<z.ZodObject<typeof profileFields>>

/** Rules over several fields. */
export function checkTogether(input: ProfileInput, context: z.RefinementCtx): void {
  const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (input.parent_customer_id != null && input.parent_customer_external_id != null)
    refuse('parent_customer_external_id', 'must not be combined with parent_customer_id')
  const { min_amount: least, max_amount: most } = input.payment_rules ?? {}
  if (least != null && most != null && least > most) refuse('payment_rules.max_amount', 'must not be below min_amount')
  const providers = (input.integration_entity_mapping ?? []).map(({ provider }) => provider)
  if (new Set(providers).size < providers.length)
    refuse('integration_entity_mapping', 'must name each provider at most once')
}

/** Returns the changes for the store. Fields that were not specified are omitted. */
export function toChanges(input: ProfileInput): CustomerChanges {
  const rules = input.payment_rules
  const said: { [Field in keyof CustomerProfile]: CustomerProfile[Field] | undefined } = {
    externalId: input.external_id,
    name: input.name,
    email: input.email,
    phone: input.phone,
    currency: input.currency,
    balance: input.balance,
    addressLine1: input.address_line1,
    addressLine2: input.address_line2,
    addressCity: input.address_city,
    addressState: input.address_state,
    addressPostalCode: input.address_postal_code,
    addressCountry: input.address_country,
    metadata: input.metadata,
    paymentRules: rules && {
      minAmount: rules.min_amount,
      maxAmount: rules.max_amount,
      underpaymentAllowed: rules.underpayment_allowed,
      overpaymentAllowed: rules.overpayment_allowed,
    },
  }
  const profile = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  return { ...profile, parent: parentOf(input), mappings: input.integration_entity_mapping }
}

function parentOf(input: ProfileInput): ParentReference | undefined {
  if (input.parent_customer_id) return { id: input.parent_customer_id }
  if (input.parent_customer_external_id) return { externalId: input.parent_customer_external_id }
  return input.parent_customer_id === null || input.parent_customer_external_id === null ? null : undefined
}
