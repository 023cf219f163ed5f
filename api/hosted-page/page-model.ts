import { gatewayNames } from '../../domain/lifecycle.ts'
import { formatMoney, toGatewayUnits } from '../../domain/payment/money.ts'
import { amountDue, openAttempt } from '../../domain/onboarding/onboarding.ts'
import { progressOf } from '../../domain/onboarding/progress.ts'
import { gatewaysFor } from '../../domain/tenant/settings.ts'
import { embedOrigins, logoOrigin } from '../../domain/text/web-addresses.ts'

import type { NoticeModel, PageModel, PageProgress } from './view/model.ts'
import { findBillableItem } from '../../store/catalog/billable-items.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { pagePath } from '../setup-links.ts'
import { actionOf } from './action.ts'
import { returnUrl } from '../setup/approval.ts'
import type { OpenedLink } from '../setup/opened-link.ts'

/** Returns the gateways that accept a payment method for this link, with the data that the browser needs. */
export function sidesOf(d: ApiDependencies, { billingCustomer, onboarding, settings, refusedGateways }: OpenedLink) {
  const offered = gatewaysFor(settings, onboarding.currency)
  return gatewayNames.flatMap((name) => {
    if (!offered.includes(name) || refusedGateways.includes(name)) return []
    const side = d.gateways.browserSide(billingCustomer, name)
    return side ? [{ name, side }] : []
  })
}

export function brandOf({ brand, settings }: OpenedLink): PageModel['brand'] {
  return {
    name: brand.name,
    logoUrl: logoOrigin(brand.logoUrl) ? brand.logoUrl : null,
    colour: brand.colour,
    support: brand.supportContact ?? settings.supportContact,
  }
}

function stateOf({ billingCustomer, onboarding, standing, purpose }: OpenedLink): PageModel['state'] {
  if (billingCustomer.status === 'suspended') return 'suspended'
  if (onboarding.result === 'completed') return billingCustomer.paymentMethodId ? 'done' : 'active'
  if (billingCustomer.status === 'active' && onboarding.kind === 'onboarding') return 'active'
  if (onboarding.closing) return 'closing'
  // Confirming with the bank requires a client secret, to which a return URL gives no access.
  if (openAttempt(onboarding)?.state === 'needs_customer') return purpose === 'setup' ? 'confirm' : 'asked'
  if (openAttempt(onboarding) || progressOf(onboarding).steps.some((step) => step.state === 'running')) return 'working'
  return standing === 'watch' ? 'watching' : 'form'
}

/** Formats for the reader's language, if the browser requests a known one. */
function priceFor(amount: number, currency: string, acceptLanguage: string | undefined): string {
  return formatMoney(amount, currency, knownLocale((acceptLanguage ?? '').split(',')[0]!.split(';')[0]!.trim()))
}

function knownLocale(wanted: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(wanted)[0] ?? 'en-US'
  } catch {
    return 'en-US' // not a language tag
  }
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
    brandId: billingCustomer.brandId,
    organizationId: billingCustomer.organizationId,
    billingCustomerId: billingCustomer.id,
  }
  const path = pagePath(target)
  const sides = sidesOf(d, link)
  const isOffered = sides.some(({ name }) => name === onboarding.gateway)
  return {
    link: link.purpose,
    brand: brandOf(link),
    sandbox: billingCustomer.environment === 'sandbox',
    state: stateOf(link),
    price: amount > 0 ? priceFor(amount, onboarding.currency, acceptLanguage) : null,
    amount,
    currency: onboarding.currency,
    itemName: item?.name ?? null,
    refunded: onboarding.refundInitial,
    replacing: onboarding.kind === 'replacement',
    steps: progress.steps,
    message: progress.steps.find((step) => step.name === 'payment_method')?.message ?? null,
    billingCustomerId: billingCustomer.id,
    gateways: sides.map(({ name, side }) => ({
      name,
      publishableKey: side.publishableKey,
      scriptUrl: side.scriptUrl,
      units: toGatewayUnits(amount, onboarding.currency, name),
    })),
    gateway: isOffered ? onboarding.gateway : (sides[0]?.name ?? onboarding.gateway),
    path,
    returnUrl: returnUrl(d, link),
    embedOrigins: embedOrigins(settings.embedOrigins),
  }
}

export function noticeModel(link: OpenedLink): NoticeModel {
  const { standing, onboarding, billingCustomer } = link
  const notice =
    standing === 'over'
      ? (onboarding.result as NoticeModel['notice'])
      : standing === 'open'
        ? 'exhausted'
        : (standing as 'expired' | 'replaced')
  const target = {
    brandId: billingCustomer.brandId,
    organizationId: billingCustomer.organizationId,
    billingCustomerId: billingCustomer.id,
  }
  const replacing = onboarding.kind === 'replacement'
  const useful = billingCustomer.status === (replacing ? 'active' : 'pending')
  const mayAsk = (notice === 'expired' || notice === 'exhausted') && useful
  return { link: link.purpose, brand: brandOf(link), notice, replacing, newLinkPath: mayAsk ? pagePath(target) : null }
}

export async function pageProgress(d: ApiDependencies, link: OpenedLink): Promise<PageProgress> {
  const { onboarding } = link
  const progress = progressOf(onboarding)
  const action = await actionOf(d, link)
  const mayAct = link.purpose === 'setup' || !(action && 'client_secret' in action)
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
    paying: openAttempt(onboarding) !== undefined || stateOf(link) === 'working' || onboarding.closing !== null,
    ...(action && mayAct ? { action } : {}),
  }
}
