import { z } from '@hono/zod-openapi'
import { invalid } from '../../domain/failure/failures.ts'
import type { IdField } from '../../domain/gateways/facts.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { defaultGateway, gatewayNames, type GatewayName } from '../../domain/lifecycle.ts'
import * as fields from './fields.ts'

const idAt = ({ form, what }: IdField) => fields.text(255).regex(form, `must be ${what}`).optional()

const fieldsOf = (name: GatewayName): IdField[] => {
  const { customer, ...method } = gatewayFacts[name].savedMethod
  return customer ? [method, customer] : [method]
}
const wantedAt = (name: GatewayName, its = '') => {
  const { field, customer } = gatewayFacts[name].savedMethod
  return customer ? `${field}, with or without ${its}${customer.field},` : field
}
const wanted = gatewayNames.map((name) => `${wantedAt(name, 'its ')} for ${name}`).join('; ')
const { field: exampleField, example } = gatewayFacts[defaultGateway].savedMethod

/** A payment method that is already saved at a gateway. Card data is never accepted. */
export const paymentData = z
  .strictObject(
    Object.fromEntries(gatewayNames.flatMap(fieldsOf).map((field) => [field.field, idAt(field)])),
    fields.mustBe('an object'),
  )
  .openapi({
    description: `A saved payment method: ${wanted}`,
    example: { [exampleField]: example },
  })

/** A payment method that is saved at a gateway. */
export interface SavedMethod {
  gateway: GatewayName
  methodId: string
  gatewayCustomerId?: string | undefined
}

/** Returns the payment method of a request. Throws `invalid_request` for data of another gateway. */
export function savedMethodOf(
  data: z.output<typeof paymentData> | undefined,
  gateway: GatewayName = defaultGateway,
): SavedMethod | undefined {
  if (!data) return undefined
  const { field, customer } = gatewayFacts[gateway].savedMethod
  const methodId = data[field]
  const isOfOthers = (name: string) => name !== field && name !== customer?.field && data[name] !== undefined
  if (methodId === undefined || Object.keys(data).some(isOfOthers))
    throw invalid('payment_data', `must contain ${wantedAt(gateway)} and nothing else for ${gateway}`)
  return { gateway, methodId, gatewayCustomerId: customer && data[customer.field] }
}
