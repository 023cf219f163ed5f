import { createHash } from 'node:crypto'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { gatewayNames, type GatewayName } from '../../domain/lifecycle.ts'
import { gatewayFactor, minorDigits } from '../../domain/payment/money.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { knownDeclineCode } from '../../domain/payment/declines.ts'
import {
  amountDue,
  attemptsLeft,
  latestAttempt,
  openAttempt,
  type OnboardingFacts,
} from '../../domain/onboarding/onboarding.ts'
import { progressOf } from '../../domain/onboarding/progress.ts'
import { accountForNew, type Payer } from '../../domain/tenant/gateway-accounts.ts'
import { gatewaysFor } from '../../domain/tenant/settings.ts'
import { shownName } from '../../domain/text/free-text.ts'
import { embedOrigins } from '../../domain/text/web-addresses.ts'
import type { BrowserSide } from '../../gateways/gateway.ts'
import { agreementOf, digestOf, itemOf, type ItemTerms } from './agreement.ts'
import { consentVersion } from './words/consent-versions.ts'
import type { Decline, PageGateway, PageModel, PageProgress } from './view/model.ts'
import type { Language } from './words/languages.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { pagePath } from '../setup-links.ts'
import { actionOf } from './action.ts'
import { returnUrl } from '../setup/approval.ts'
import { isAccountRefused, reportRefusal } from '../setup/gateway-refusal.ts'
import type { OpenedLink } from '../setup/opened-link.ts'
import { brandOf, themeOf } from './page-brand.ts'
import { paymentAtClosing } from './notice-model.ts'
import { isGone } from './usable-link.ts'
import { wayBack, wayOn } from './ways-out.ts'

/** A gateway, with what the page loads for it. */
export interface Side {
  name: GatewayName
  side: BrowserSide
}

/** Returns the gateways that accept a payment method for this link, with the data that the browser needs. */
export async function sidesOf(
  d: ApiDependencies,
  { billingCustomer, onboarding, settings, refusedGateways }: OpenedLink,
): Promise<Side[]> {
  const offered = gatewaysFor(settings, onboarding.currency)
  const payer = { ...billingCustomer, settings }
  const names = gatewayNames.filter((name) => offered.includes(name) && !refusedGateways.includes(name))
  const sides = await Promise.all(names.map(async (name) => ({ name, side: await sideOf(d, payer, onboarding, name) })))
  return sides.filter((each): each is Side => each.side !== undefined)
}

/** Undefined also if the account cannot be used: its keys cannot be decrypted, which is reported. */
async function sideOf(d: ApiDependencies, payer: Payer, onboarding: OnboardingFacts, gateway: GatewayName) {
  try {
    return await d.gateways.browserSide(payer, gateway)
  } catch (error) {
    if (!isAccountRefused(error)) throw error
    await reportRefusal(d, onboarding, { gateway, accountId: accountForNew(payer, gateway)! }, error)
    return undefined
  }
}

/**
 * Returns the gateway of a payment that waits for the bank, if this link no longer offers it: the payment is confirmed
 * at its own account, with which nothing new may begin.
 */
async function confirmingSides(d: ApiDependencies, { onboarding }: OpenedLink, offered: Side[]): Promise<Side[]> {
  if (onboarding.closing || openAttempt(onboarding)?.state !== 'needs_customer') return []
  const object = onboarding.objects.find(({ state }) => state === 'open')
  if (!object || offered.some(({ name }) => name === object.gateway)) return []
  try {
    return [{ name: object.gateway, side: await d.gateways.browserSideOf(object.accountId) }]
  } catch (error) {
    // Its keys cannot be used: what the customer must do cannot be read either.
    if (isGatewayError(error)) return []
    throw error
  }
}

/** What a page with a form loads of gateways: those that it offers, and those at which a payment is confirmed. */
export interface LoadedSides {
  sides: Side[]
  confirming: Side[]
}

/** Returns what a page with a form loads: for the gateways that it offers, and to confirm a payment with the bank. */
export async function loadedSides(d: ApiDependencies, link: OpenedLink): Promise<LoadedSides> {
  const sides = await sidesOf(d, link)
  return { sides, confirming: await confirmingSides(d, link, sides) }
}

const pageGateway = ({ name, side }: Side, currency: string): PageGateway => ({
  name,
  title: gatewayFacts[name].title,
  isApprovedThere: gatewayFacts[name].isApprovedThere,
  publishableKey: side.publishableKey,
  scriptUrl: side.scriptUrl,
  factor: gatewayFactor(currency, name),
})

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

/** Returns why the last payment method was not accepted; null if there is none, or if it was or still can be. */
function declineOf({ onboarding, settings }: OpenedLink): Decline | null {
  const attempt = latestAttempt(onboarding)
  if (attempt?.state !== 'declined' && attempt?.state !== 'void') return null
  return { code: knownDeclineCode(attempt.code), attempts_left: attemptsLeft(onboarding, settings.attemptsPerLink) }
}

/** Returns the model of a page with these gateways. */
export const pageModel = async (
  d: ApiDependencies,
  link: OpenedLink,
  language: Language,
  loaded: LoadedSides,
): Promise<PageModel> => modelWith({ item: await itemOf(d, link), ...loaded }, d, link, language)

/** Returns the model of a page whose link has this item and these gateways. */
export function modelWith(
  { item, sides, confirming = [] }: { item: ItemTerms | undefined; sides: Side[]; confirming?: Side[] },
  d: ApiDependencies,
  link: OpenedLink,
  language: Language,
): PageModel {
  const { billingCustomer, onboarding, settings } = link
  const amount = amountDue(onboarding)
  const progress = progressOf(onboarding)
  const { currency } = onboarding
  const agreement = agreementOf(link, item, { amount, currency }, language.tag)
  const target = {
    brandId: billingCustomer.brandId,
    organizationId: billingCustomer.organizationId,
    billingCustomerId: billingCustomer.id,
  }
  const path = pagePath(target)
  const isOffered = sides.some(({ name }) => name === onboarding.gateway)
  return {
    link: link.purpose,
    language,
    brand: brandOf(link),
    theme: themeOf(link),
    sandbox: billingCustomer.environment === 'sandbox',
    state: stateOf(link),
    price: agreement.price,
    amount,
    currency,
    digits: minorDigits(currency),
    itemName: item ? shownName(item.name) : null,
    refunded: agreement.refunded,
    agreement,
    consent: {
      version: consentVersion,
      way: settings.consent,
      digest: digestOf(language.consent, settings.consent, agreement),
    },
    replacing: onboarding.kind === 'replacement',
    steps: progress.steps,
    decline: declineOf(link),
    isRefused: false,
    cancelUrl: wayBack(link),
    returnTo: wayOn(link),
    paidAt: amount > 0 ? (onboarding.attempts.find(({ state }) => state === 'paid')?.closedAt ?? null) : null,
    payment: paymentAtClosing(onboarding),
    reference: onboarding.onboardingId,
    billingCustomerId: billingCustomer.id,
    gateways: sides.map((side) => pageGateway(side, currency)),
    confirming: confirming.map((side) => pageGateway(side, currency)),
    gateway: isOffered ? onboarding.gateway : (sides[0]?.name ?? onboarding.gateway),
    path,
    returnUrl: returnUrl(d, link),
    embedOrigins: embedOrigins(settings.embedOrigins),
  }
}

/** The progress as the page's calls return it. */
export type VersionedProgress = PageProgress & { version: string }

/** Returns the progress with its version, by which the page waits for another one. */
export async function pageProgress(d: ApiDependencies, link: OpenedLink): Promise<VersionedProgress> {
  const progress = await progressOfPage(d, link)
  // A link that was replaced may have the same progress as before, but its page must learn it.
  const versioned = JSON.stringify([progress, isGone(link)])
  const version = createHash('sha256').update(versioned).digest('base64url').slice(0, 16)
  return { ...progress, version }
}

async function progressOfPage(d: ApiDependencies, link: OpenedLink): Promise<PageProgress> {
  const { onboarding } = link
  const progress = progressOf(onboarding)
  // A link that was replaced gets nothing of what a later one submits.
  const action = isGone(link) ? null : await actionOf(d, link)
  const mayAct = link.purpose === 'setup' || !(action && 'client_secret' in action)
  return {
    status: progress.status,
    steps: progress.steps.map(({ nextRetryAt, ...step }) => ({
      ...step,
      next_retry_at: nextRetryAt?.toISOString() ?? null,
    })),
    blocked_on: progress.blockedOn,
    gateway: progress.gateway,
    gateways: (await sidesOf(d, link)).map(({ name }) => name),
    amount: progress.amount,
    currency: progress.currency,
    paying: openAttempt(onboarding) !== undefined || stateOf(link) === 'working' || onboarding.closing !== null,
    decline: declineOf(link),
    ...(action && mayAct ? { action } : {}),
  }
}
