import { z } from 'zod'
import type { Actor } from '../domain/events.ts'
import { conflict, Failure } from '../domain/failures.ts'
import { applyCommand, type Command } from '../store/commands.ts'
import { findTenantOf } from '../store/find-tenant.ts'
import { listPersonsNeeded } from '../store/needs-person.ts'
import { readNewestFacts } from '../store/onboarding-facts.ts'
import { findCharge } from '../store/refunds.ts'
import { resolveCharge } from '../store/resolve-charge.ts'
import { readSettings } from '../store/settings.ts'
import { changeSuspension, type Suspension } from '../store/suspension.ts'
import { count, read, text, type AdminCommand, type AdminContext } from './command.ts'

/** What operators do to an onboarding and its money. */
export const operatorCommands: Record<string, AdminCommand> = {
  cancel: {
    summary: 'End the live onboarding of a billing customer; money that came is returned',
    options: ['billing-customer', 'reason', 'operator?'],
    run: (context, options) =>
      act(context, options, { reason: text }, ({ reason }) => ({ name: 'cancel', reason: reason! })),
  },
  extend: {
    summary: 'Let the setup link live so many seconds from now',
    options: ['billing-customer', 'seconds', 'operator?'],
    run: (context, options) =>
      act(context, options, { seconds: count }, ({ seconds }) => ({ name: 'extend', seconds: Number(seconds) })),
  },
  'replace-link': {
    summary: 'Make the setup link useless and begin a new one; POST /v1/billing_customers/{id}/setup_link gives it out',
    options: ['billing-customer', 'seconds?', 'operator?'],
    run: (context, options) =>
      act(context, options, { seconds: count.optional() }, ({ seconds }) => ({
        name: 'replaceLink',
        ...(seconds === undefined ? {} : { seconds: Number(seconds) }),
      })),
  },
  'retry-now': {
    summary: 'Do not wait for the next retry of the live onboarding',
    options: ['billing-customer', 'operator?'],
    run: (context, options) => act(context, options, {}, () => ({ name: 'retryNow' })),
  },
  'waive-initial-charge': {
    summary: 'Charge nothing; the customer only saves a payment method',
    options: ['billing-customer', 'reason', 'operator?'],
    run: (context, options) =>
      act(context, options, { reason: text }, ({ reason }) => ({ name: 'waiveInitialCharge', reason: reason! })),
  },
  'change-initial-amount': {
    summary: 'Charge another amount, in minor units',
    options: ['billing-customer', 'amount', 'reason', 'operator?'],
    run: (context, options) =>
      act(context, options, { amount: count, reason: text }, ({ amount, reason }) => ({
        name: 'changeInitialAmount',
        amount: Number(amount),
        reason: reason!,
      })),
  },
  'needs-person': {
    summary: 'List what people have to do now, of all organizations or of one billing customer',
    options: ['billing-customer?'],
    async run({ database }, options) {
      const input = read(options, { 'billing-customer': text.optional() })
      const one = input['billing-customer']
      const needed = await listPersonsNeeded(database, one === undefined ? undefined : [one])
      return Object.fromEntries(
        needed.map(({ billingCustomerId, chargeId, reason, whatToDo }) => [
          chargeId ?? billingCustomerId,
          { billing_customer: billingCustomerId, reason, what_to_do: whatToDo },
        ]),
      )
    },
  },
  suspend: {
    summary: 'Suspend an active billing customer: no new enrollments, no charges',
    options: ['billing-customer', 'operator?'],
    run: (context, options) => suspension(context, options, 'suspend'),
  },
  restore: {
    summary: 'Bring a suspended billing customer back as it was',
    options: ['billing-customer', 'operator?'],
    run: (context, options) => suspension(context, options, 'restore'),
  },
  'resolve-charge': {
    summary:
      'Say what became of a charge that the gateway does not tell about: never_happened, keep or returned_by_hand',
    options: ['charge', 'outcome', 'reason', 'operator?'],
    async run({ database }, options) {
      const outcome = z.enum(['never_happened', 'keep', 'returned_by_hand'])
      const input = read(options, { charge: text, outcome, reason: text, operator: z.string().max(100).default('') })
      const charge = await findCharge(database, input.charge)
      if (!charge) throw new Failure('not_found', 'there is no such charge', { param: '--charge' })
      const resolution = { outcome: input.outcome, reason: input.reason, actor: actorOf(input.operator) }
      if (!(await resolveCharge(database, charge, resolution)))
        throw conflict('charge_not_resolvable', '--outcome', `does not fit a charge that is ${charge.state}`)
      return { charge: charge.id, outcome: input.outcome }
    },
  },
}

const actorOf = (operator: string): Actor => (operator ? (`operator ${operator}` as const) : 'operator')

async function suspension({ database }: AdminContext, options: Record<string, string>, wanted: Suspension) {
  const operator = z.string().max(100).default('')
  const input = read(options, { 'billing-customer': text, operator })
  const id = input['billing-customer']
  if (!(await findTenantOf(database, id))) throw noSuchBillingCustomer()
  const status = await changeSuspension(database, id, wanted, actorOf(input.operator))
  if (status === 'pending') throw conflict('billing_customer_pending', '--billing-customer', 'is not active yet')
  return { billing_customer: id, status }
}

const noSuchBillingCustomer = () =>
  new Failure('not_found', 'there is no such billing customer', { param: '--billing-customer' })

/** Carries an operator's command out on the row; the run notices within seconds, also where Temporal is away just now. */
async function act(
  { database, settingDefaults }: AdminContext,
  options: Record<string, string>,
  shape: z.ZodRawShape,
  toCommand: (input: Record<string, string | undefined>) => Command,
): Promise<Record<string, unknown>> {
  const input = read(options, {
    'billing-customer': text,
    operator: z.string().max(100).default(''),
    ...shape,
  }) as Record<string, string>
  const id = input['billing-customer']!
  const tenant = await findTenantOf(database, id)
  const onboarding = tenant && (await readNewestFacts(database, id))
  if (!tenant || !onboarding) throw noSuchBillingCustomer()
  const settings = await readSettings(database, settingDefaults, tenant.organizationId, tenant.environment)
  const actor = actorOf(input.operator ?? '')
  const command = toCommand(input)
  const done = await applyCommand(
    database,
    { billingCustomerId: id, onboardingId: onboarding.id, actor },
    command,
    settings,
  )
  if (done === 'ended') throw conflict('no_live_onboarding', '--billing-customer', 'has no live onboarding')
  return { billing_customer: id, onboarding: onboarding.id, command: command.name }
}
