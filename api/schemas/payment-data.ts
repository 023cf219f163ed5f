import { z } from '@hono/zod-openapi'
import { Failure, invalid, type WrongField } from '../../domain/failure/failures.ts'
import type { IdField } from '../../domain/gateways/facts.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { defaultGateway, gatewayNames, type GatewayName } from '../../domain/lifecycle.ts'
import type { ExistingIds } from '../../payments/customers/existing-ids.ts'
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
  gateway: GatewayName,
): SavedMethod | undefined {
  if (!data) return undefined
  const { field, customer } = gatewayFacts[gateway].savedMethod
  const methodId = data[field]
  const isOfOthers = (name: string) => name !== field && name !== customer?.field && data[name] !== undefined
  if (methodId === undefined || Object.keys(data).some(isOfOthers))
    throw invalid('payment_data', `must contain ${wantedAt(gateway)} and nothing else for ${gateway}`)
  return { gateway, methodId, gatewayCustomerId: customer && data[customer.field] }
}

const methods = gatewayNames.map((name) => gatewayFacts[name].savedMethod)
const customers = methods.flatMap(({ customer }) => customer?.what ?? [])
const anyOf = (whats: string[]) => whats.join('; or ')

/** What exists at the gateway already, at the top level of a call or in a row of a bulk onboarding. */
export const existingIdFields = {
  gateway_customer_id: fields
    .text(255)
    .optional()
    .openapi({
      description:
        `The customer at the gateway that this customer already has: ${anyOf(customers)}. It must belong to your ` +
        'organization. Payment methods are saved to it. Applies while the billing customer is pending',
    }),
  payment_method_id: fields
    .text(255)
    .optional()
    .openapi({
      description:
        `A payment method that the customer saved at the gateway before: ${anyOf(methods.map(({ what }) => what))}. ` +
        'It requires require_initial in the same call. Replaces payment_data for either gateway; applies while the ' +
        'billing customer is pending',
    }),
}

interface Body {
  gateway?: GatewayName | undefined
  gateway_customer_id?: string | undefined
  payment_method_id?: string | undefined
  require_initial?: boolean | undefined
  payment_data?: unknown
}

const names = ['gateway_customer_id', 'payment_method_id'] as const

/** Returns what is wrong with the form of existing ids at a gateway. */
function wrongIdsAt(gateway: GatewayName, body: Body): WrongField[] {
  const { customer, ...method } = gatewayFacts[gateway].savedMethod
  const rules: Record<(typeof names)[number], IdField | undefined> = {
    gateway_customer_id: customer,
    payment_method_id: method,
  }
  return names.flatMap((param) => {
    const id = body[param]
    const rule = rules[param]
    if (id === undefined || rule?.form.test(id)) return []
    const message = rule ? `must be ${rule.what}` : `must not be specified for ${gateway}, which has no customers`
    return [{ param, message }]
  })
}

/**
 * The rules for existing ids: their form at the gateway, one form of a call, and an explicit `require_initial`. Without
 * a gateway, their form is left to `existingIdsOf`.
 */
export function checkExistingIds(body: Body, context: z.RefinementCtx, gateway = body.gateway): void {
  const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  const given = names.filter((name) => body[name] !== undefined)
  if (given.length === 0) return
  if (body.payment_data !== undefined) {
    refuse('payment_data', `must not be specified together with ${given.join(' and ')}, which replace it`)
    for (const name of given) refuse(name, 'must not be specified together with payment_data, which has the same ids')
  }
  for (const { param, message } of gateway ? wrongIdsAt(gateway, body) : []) refuse(param, message)
  if (body.payment_method_id !== undefined && body.require_initial === undefined)
    refuse(
      'require_initial',
      'must be specified together with payment_method_id: it says whether the payment method is charged now. The ' +
        'setting require_initial does not apply here',
    )
}

/** Returns the existing ids of a request; undefined without one. Throws `invalid_request` for other gateways' ids. */
export function existingIdsOf(body: Body, gateway: GatewayName): (ExistingIds & { gateway: GatewayName }) | undefined {
  const { gateway_customer_id: gatewayCustomerId, payment_method_id: methodId } = body
  if (gatewayCustomerId === undefined && methodId === undefined) return undefined
  const [wrong, ...others] = wrongIdsAt(gateway, body)
  if (wrong) throw new Failure('invalid_request', wrong.message, { param: wrong.param, fields: [wrong, ...others] })
  return { gateway, gatewayCustomerId, methodId }
}
