import { z } from 'zod'
import { byOperator } from '../domain/events/author.ts'
import { invalid, notFound } from '../domain/failure/failures.ts'
import { amountText, mostChargeable } from '../domain/payment/money.ts'
import { insertBillableItem, setBillableItemStatus, type BillableItem } from '../store/catalog/billable-items.ts'
import { command, type AdminCommand } from './command.ts'
import { amount, currency, option, tenant, text } from './options.ts'
import { requireOrganization } from './setup.ts'

const item = option(text, 'bi_…')

/** Returns an item for display, with its amount in minor and in major units. */
export const shownItem = ({ id, name, type, status, amount, currency }: BillableItem) => ({
  id,
  name,
  type,
  status,
  amount,
  currency,
  price: amountText(amount, currency, 'major'),
})

/** Billable items. */
export const itemCommands: Record<string, AdminCommand> = {
  'create-item': command(
    'Create a billable item',
    {
      ...tenant,
      name: text,
      type: z.enum(['one_off', 'recurring', 'trigger']),
      amount,
      currency: option(currency.optional(), 'ISO 4217', "default: the organization's"),
    },
    async ({ database }, { organization: organizationId, ...input }) => {
      const organization = await requireOrganization(database, organizationId)
      const wanted = { ...input, organizationId, currency: input.currency ?? organization.currency }
      const most = mostChargeable(wanted.currency)
      if (wanted.amount > most)
        throw invalid('--amount', `must be at most ${amountText(most, wanted.currency, 'minor')}`)
      return shownItem(await insertBillableItem(database, wanted, byOperator()))
    },
  ),

  'set-item': command(
    'Deactivate or reactivate a billable item',
    { ...tenant, item, status: z.enum(['active', 'inactive']) },
    async ({ database }, { organization: organizationId, environment, item, status }) => {
      const wanted = { id: item, status }
      const changed = await setBillableItemStatus(database, { organizationId, environment }, wanted, byOperator())
      if (!changed) throw notFound('Billable item', '--item')
      return shownItem(changed)
    },
  ),
}
