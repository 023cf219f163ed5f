import { gatewayNames } from '../../domain/lifecycle.ts'
import { formatMoney, toGatewayUnits } from '../../domain/money.ts'
import { amountDue, openAttempt } from '../../domain/onboarding.ts'
import { progressOf } from '../../domain/progress.ts'

import type { NoticeModel, PageModel, PageProgress } from '../../page/model.ts'
import { findBillableItem } from '../../store/billable-items.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { linkToken, pagePath } from '../services/setup-link.ts'
import type { OpenedLink } from './link.ts'

/** The gateways that can take a payment method here, with what the browser needs of each. */
export function sidesOf(d: ApiDependencies, { billingCustomer }: OpenedLink) {
  return gatewayNames.flatMap((name) => {
    const side = d.gateways.browserSide(billingCustomer.environment, billingCustomer.organizationId, name)
    return side ? [{ name, side }] : []
  })
}

export function brandOf({ brand, settings }: OpenedLink): PageModel['brand'] {
  return {
    name: brand.name,
    logoUrl: brand.logoUrl,
    colour: brand.colour,
    support: brand.supportContact ?? settings.supportContact,
  }
}

function stateOf({ billingCustomer, onboarding }: OpenedLink): PageModel['state'] {
  if (billingCustomer.status === 'suspended') return 'suspended'
  if (onboarding.result === 'completed') return billingCustomer.paymentMethodId ? 'done' : 'active'
  if (billingCustomer.status === 'active') return 'active'
  if (onboarding.closing) return 'closing'
  return openAttempt(onboarding) || progressOf(onboarding).steps.some((step) => step.state === 'running')
    ? 'working'
    : 'form'
}

/** Formats for the reader's language where the browser names one that we know. */
function priceFor(amount: number, currency: string, acceptLanguage: string | undefined): string {
  const wanted = (acceptLanguage ?? '').split(',')[0]!.split(';')[0]!.trim()
  const known = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(wanted) && Intl.NumberFormat.supportedLocalesOf(wanted)[0]
  return formatMoney(amount, currency, known || 'en-US')
}

export async function pageModel(
  d: ApiDependencies,
  link: OpenedLink,
  acceptLanguage: string | undefined,
): Promise<PageModel> {
  const { billingCustomer, onboarding, settings } = link
  const amount = amountDue(onboarding)
  const progress = progressOf(onboarding)
  const item = onboarding.billableItemId
    ? await findBillableItem(d.database, billingCustomer, onboarding.billableItemId)
    : undefined
  const target = {
    brandId: link.brand.id,
    organizationId: billingCustomer.organizationId,
    billingCustomerId: billingCustomer.id,
  }
  const path = pagePath(target)
  return {
    brand: brandOf(link),
    sandbox: billingCustomer.environment === 'sandbox',
    state: stateOf(link),
    price: amount > 0 ? priceFor(amount, onboarding.currency, acceptLanguage) : null,
    amount,
    currency: onboarding.currency,
    itemName: item?.name ?? null,
    steps: progress.steps,
    message: progress.steps.find((step) => step.name === 'payment_method')?.message ?? null,
    billingCustomerId: billingCustomer.id,
    gateways: sidesOf(d, link).map(({ name, side }) => ({
      name,
      publishableKey: side.publishableKey,
      scriptUrl: side.scriptUrl,
      units: toGatewayUnits(amount, onboarding.currency, name),
    })),
    gateway: onboarding.gateway,
    path,
    returnUrl: `${d.publicUrl}${path}?token=${linkToken(d.setupLinkSecrets, 'progress', onboarding.id, onboarding.linkVersion)}`,
    embedOrigins: settings.embedOrigins,
  }
}

export function noticeModel(link: OpenedLink): NoticeModel {
  const { standing, onboarding, billingCustomer } = link
  const notice =
    standing === 'over' ? (onboarding.result as NoticeModel['notice']) : (standing as 'expired' | 'replaced')
  const target = {
    brandId: link.brand.id,
    organizationId: billingCustomer.organizationId,
    billingCustomerId: billingCustomer.id,
  }
  const mayAsk = notice === 'expired' && billingCustomer.status === 'pending'
  return { brand: brandOf(link), notice, newLinkPath: mayAsk ? pagePath(target) : null }
}

export function pageProgress(d: ApiDependencies, link: OpenedLink): PageProgress {
  const { onboarding } = link
  const progress = progressOf(onboarding)
  return {
    status: progress.status,
    steps: progress.steps.map(({ nextRetryAt, ...step }) => ({
      ...step,
      next_retry_at: nextRetryAt?.toISOString() ?? null,
    })),
    blocked_on: progress.blockedOn,
    gateway: progress.gateway,
    gateways: sidesOf(d, link).map(({ name }) => name),
    amount: progress.amount,
    currency: progress.currency,
    paying: stateOf(link) === 'working' || onboarding.closing !== null,
  }
}
