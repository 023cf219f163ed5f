import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { byOperator } from '../domain/events/author.ts'
import { conflict, notFound } from '../domain/failure/failures.ts'
import { closeBillingCustomer } from '../store/lifecycle/close-billing-customer.ts'
import { applyCommand, type Command } from '../store/lifecycle/commands.ts'
import { findTenantOf } from '../store/tenants/find-tenant.ts'
import { listOperatorTasks } from '../store/onboardings/operator-tasks.ts'
import { readNewestFacts } from '../store/onboardings/facts.ts'
import { requestRefund } from '../store/charges/request-refund.ts'
import { resolveCharge } from '../store/charges/resolve-charge.ts'
import { readSettings } from '../store/tenants/settings.ts'
import { changeSuspension, type Suspension } from '../store/billing-customers/suspension.ts'
import { command, type AdminCommand, type AdminContext } from './command.ts'
import { amount, billingCustomer, operator, option, reason, seconds, text } from './options.ts'
import { findCharge } from '../store/charges/charges.ts'

const subject = { 'billing-customer': billingCustomer }

/** Operator interventions in onboardings and charges. */
export const operatorCommands: Record<string, AdminCommand> = {
  cancel: command(
    "Cancel a billing customer's live onboarding; a payment is refunded",
    { ...subject, reason, operator },
    (context, input) => act(context, input, { name: 'cancel', reason: input.reason }),
  ),
  extend: command('Set the time when the setup link expires', { ...subject, seconds, operator }, (context, input) =>
    act(context, input, { name: 'extend', seconds: input.seconds }),
  ),
  'replace-link': command(
    'Invalidate the setup link and create a new one; POST /v1/billing_customers/{id}/setup_link returns it',
    { ...subject, seconds: option(seconds.optional(), 'seconds', 'from now, at most a year'), operator },
    (context, input) => {
      const life = input.seconds === undefined ? {} : { seconds: input.seconds }
      return act(context, input, { name: 'replaceLink', ...life })
    },
  ),
  'retry-now': command('Retry the live onboarding immediately', { ...subject, operator }, (context, input) =>
    act(context, input, { name: 'retryNow' }),
  ),
  'waive-initial-charge': command(
    'Waive the initial charge: the customer only saves a payment method',
    { ...subject, reason, operator },
    (context, input) => act(context, input, { name: 'waiveInitialCharge', reason: input.reason }),
  ),
  'change-initial-amount': command(
    'Update the amount of the initial charge',
    { ...subject, amount, reason, operator },
    (context, input) =>
      act(context, input, { name: 'changeInitialAmount', amount: input.amount, reason: input.reason }),
  ),
  'needs-person': command(
    'List everything that needs an operator, for all organizations or for one billing customer',
    { 'billing-customer': option(text.optional(), 'bc_…') },
    async ({ database }, { 'billing-customer': one }) => {
      if (one !== undefined && !(await findTenantOf(database, one))) throw noSuchBillingCustomer()
      const needed = await listOperatorTasks(database, one === undefined ? undefined : [one])
      return Object.fromEntries(
        needed.map(({ billingCustomerId, chargeId, reason, whatToDo }) => [
          chargeId ?? billingCustomerId,
          { billing_customer: billingCustomerId, reason, what_to_do: whatToDo },
        ]),
      )
    },
  ),
  suspend: command(
    'Suspend an active billing customer, so that it cannot be enrolled or charged',
    { ...subject, operator },
    (context, input) => suspension(context, input, 'suspend'),
  ),
  restore: command('Restore a suspended billing customer', { ...subject, operator }, (context, input) =>
    suspension(context, input, 'restore'),
  ),
  close: command(
    'Close an active or suspended billing customer for good; its method is removed, its enrollments are canceled',
    { ...subject, 'refund-initial': z.enum(['yes', 'no']).default('no'), reason, operator },
    async ({ database }, input) => {
      const id = input['billing-customer']
      if (!(await findTenantOf(database, id))) throw noSuchBillingCustomer()
      const wanted = {
        reason: input.reason,
        refundInitial: input['refund-initial'] === 'yes',
        createdBy: randomUUID(),
      }
      const { chargeId } = await closeBillingCustomer(database, id, wanted, byOperator(input.operator))
      return { billing_customer: id, status: 'closed', ...(chargeId ? { refunding: chargeId } : {}) }
    },
  ),
  'refund-charge': command(
    'Refund a charge; without an amount, all that is left of it',
    { charge: option(text, 'ch_…'), amount: amount.optional(), reason, operator },
    async ({ database }, input) => {
      const charge = await findCharge(database, input.charge)
      if (!charge) throw notFound('Charge', '--charge')
      const wanted = { amount: input.amount, reason: input.reason, createdBy: randomUUID() }
      await requestRefund(database, charge, wanted, byOperator(input.operator))
      return { charge: charge.id, status: (await findCharge(database, charge.id))!.state }
    },
  ),
  'resolve-charge': command(
    'Resolve a charge whose outcome is unknown',
    { charge: option(text, 'ch_…'), outcome: z.enum(['never_happened', 'keep', 'returned_by_hand']), reason, operator },
    async ({ database }, input) => {
      const charge = await findCharge(database, input.charge)
      if (!charge) throw notFound('Charge', '--charge')
      const resolution = { outcome: input.outcome, reason: input.reason }
      if (!(await resolveCharge(database, charge, resolution, byOperator(input.operator))))
        throw conflict(
          'charge_not_resolvable',
          '--outcome',
          `is not possible for a charge with the status ${charge.state}`,
        )
      return { charge: charge.id, outcome: input.outcome }
    },
  ),
}

interface Order {
  'billing-customer': string
  operator: string
}

async function suspension({ database }: AdminContext, { 'billing-customer': id, operator }: Order, wanted: Suspension) {
  if (!(await findTenantOf(database, id))) throw noSuchBillingCustomer()
  const status = await changeSuspension(database, id, wanted, byOperator(operator))
  if (status === 'pending') throw conflict('billing_customer_pending', '--billing-customer', 'is not active yet')
  if (status === 'closed') throw conflict('billing_customer_closed', '--billing-customer', 'is closed')
  return { billing_customer: id, status }
}

export const noSuchBillingCustomer = () => notFound('Billing customer', '--billing-customer')

/** Applies a command to the row. The run reads it within seconds, or when Temporal is available again. */
async function act({ database, settingDefaults }: AdminContext, order: Order, wanted: Command) {
  const id = order['billing-customer']
  const onboarding = await readNewestFacts(database, id)
  if (!onboarding) throw noSuchBillingCustomer()
  const settings = await readSettings(database, settingDefaults, onboarding)
  if ((await applyCommand(database, onboarding, byOperator(order.operator), wanted, settings)) === 'ended')
    throw conflict('no_live_onboarding', '--billing-customer', 'has no live onboarding')
  return { billing_customer: id, onboarding: onboarding.onboardingId, command: wanted.name }
}
