import type Stripe from 'stripe'
import { fromGatewayUnits, isSupportedCurrency } from '../../../domain/payment/money.ts'
import type { PaymentGateway } from '../../gateway.ts'
import type { Listed, ListedPage, ListName, Period } from '../../listed.ts'
import type { StripeConnection } from '../client.ts'
import { call } from '../errors.ts'
import { idOf, readRefund } from '../readings.ts'

/** Stripe's largest page. Lists are newest first (docs.stripe.com/api/pagination). */
export const limit = 100

/** Returns the part of the gateway that lists payments, refunds and disputes. */
export const lists = ({ stripe }: StripeConnection) => {
  const listers: Record<ListName, (page: Stripe.ChargeListParams) => Promise<ListedPage>> = {
    payments: async (page) => pageOf(await stripe.charges.list(page), listedPayment),
    refunds: async (page) => pageOf(await stripe.refunds.list(page), listedRefund),
    disputes: async (page) => pageOf(await stripe.disputes.list(page), listedDispute),
  }
  return {
    lists: {
      names: ['payments', 'refunds', 'disputes'],
      completeAfter: 15 * 60_000,
      longestPeriod: 31 * 86_400_000,
    },
    listPage: (name, period, after) =>
      call(() => listers[name]({ limit, created: createdIn(period), ...(after ? { starting_after: after } : {}) })),
  } satisfies Partial<PaymentGateway>
}

/** Stripe's times are whole seconds: those of `from` and `to` are listed completely. */
export const createdIn = ({ from, to }: Period) => ({ gte: Math.floor(from.getTime() / 1_000), lt: secondAfter(to) })
const secondAfter = (time: Date) => Math.floor(time.getTime() / 1_000) + 1

function pageOf<T extends { id: string }>(
  { data, has_more }: Stripe.ApiList<T>,
  show: (one: T) => Listed | undefined,
): ListedPage {
  return { listed: data.flatMap((one) => show(one) ?? []), next: has_more ? data.at(-1)!.id : null }
}

/** Charges without a PaymentIntent or in a currency that we do not know are not ours; failed ones moved no money. */
function listedPayment(charge: Stripe.Charge): Listed | undefined {
  const objectId = idOf(charge.payment_intent)
  const currency = charge.currency.toUpperCase()
  if (charge.status !== 'succeeded' || !charge.captured || !objectId || !isSupportedCurrency(currency)) return undefined
  return {
    kind: 'payment',
    objectId,
    pending: false,
    ours: Boolean(charge.metadata.onboarding_id),
    amount: fromGatewayUnits(charge.amount_captured, currency, 'stripe'),
    currency,
    refunded: fromGatewayUnits(charge.amount_refunded, currency, 'stripe'),
    disputed: charge.disputed,
  }
}

function listedRefund(refund: Stripe.Refund): Listed | undefined {
  const objectId = idOf(refund.payment_intent)
  if (!objectId || !isSupportedCurrency(refund.currency.toUpperCase())) return undefined
  const { id, amount, state } = readRefund(refund)
  return { kind: 'refund', objectId, id, amount, state }
}

function listedDispute({ payment_intent }: Stripe.Dispute): Listed | undefined {
  const objectId = idOf(payment_intent)
  return objectId ? { kind: 'dispute', objectId } : undefined
}
