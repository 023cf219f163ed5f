import { createHash, createHmac } from 'node:crypto'
import { invalid } from '../../domain/failure/failures.ts'
import type { ConsentWay, GivenConsent } from '../../domain/hosted-page.ts'
import type { AddressHashes } from '../../domain/payment/address-hashes.ts'
import { minorDigits } from '../../domain/payment/money.ts'
import { shownName } from '../../domain/text/free-text.ts'
import { findBillableItem, type BillableItem } from '../../store/catalog/billable-items.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { OpenedLink } from '../setup/opened-link.ts'
import type { PageConsent } from './calls.ts'
import { brandOf } from './page-brand.ts'
import { consentSentences, consentText, type Agreement, type LaterCharge } from './view/consent.ts'
import { formatAmount } from './view/states.ts'
import { findConsentWords } from './words/consent-versions.ts'
import type { ConsentWords } from './words/words.ts'

/** What the page says about an item. */
export type ItemTerms = Pick<
  BillableItem,
  'name' | 'amount' | 'currency' | 'triggerMode' | 'triggerCondition' | 'triggerThreshold' | 'allowAmountOverride'
>

/** An amount in minor units, and its currency. */
export interface Price {
  amount: number
  currency: string
}

const formatPrice = ({ amount, currency }: Price, language: string) =>
  formatAmount(amount, currency, minorDigits(currency), language)

/** Returns the item of a link; undefined if it has none. */
export async function itemOf(d: ApiDependencies, { billingCustomer, onboarding }: OpenedLink) {
  const { billableItemId } = onboarding
  return billableItemId ? findBillableItem(d.database, billingCustomer, billableItemId) : undefined
}

/** Returns what the customer of a link agrees to, with amounts formatted in a language. `price`: that of today. */
export function agreementOf(
  link: OpenedLink,
  item: ItemTerms | undefined,
  { amount, currency }: Price,
  language: string,
): Agreement {
  const brand = brandOf(link)
  return {
    company: brand.legalName ?? brand.name,
    price: amount > 0 ? formatPrice({ amount, currency }, language) : null,
    refunded: link.onboarding.refundInitial,
    later: item ? laterOf(item, language) : null,
    termsUrl: brand.termsUrl,
    privacyUrl: brand.privacyUrl,
  }
}

/**
 * Returns what the customer of a link agrees to, as the page showed it with the price `shown`; undefined if it showed
 * nothing, as an older release. Throws a Failure if the setting requires a box, and none was checked, or if something
 * else than the price has changed since.
 */
export async function consentFor(
  d: ApiDependencies,
  link: OpenedLink,
  consent: PageConsent | undefined,
  shown: Price,
  address: AddressHashes | undefined,
): Promise<GivenConsent | undefined> {
  if (link.settings.consent === 'checkbox' && consent?.way !== 'checkbox')
    throw invalid(consent ? 'consent.way' : 'consent', 'must be given by the checkbox of the page')
  if (!consent) return undefined
  const { version, language, way, digest } = consent
  const words = findConsentWords(version, language)
  if (!words) throw invalid('consent.language', `does not exist in version ${version}`)
  const agreement = agreementOf(link, await itemOf(d, link), shown, language)
  if (digest !== undefined && digest !== digestOf(words, way, agreement))
    throw invalid('consent.digest', 'must be that of the current sentences; what is charged later has changed')
  return {
    version,
    language,
    way,
    text: consentText(consentSentences(words, way, agreement)),
    addressHash: address ? hashFor(link.billingCustomer.organizationId, address) : null,
  }
}

/** Returns a digest of what a page shows, without the price of today, which the page can change while it is open. */
export function digestOf(words: ConsentWords, way: ConsentWay, agreement: Agreement): string {
  const text = consentText(consentSentences(words, way, { ...agreement, price: '{price}' }))
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

/** Different for each organization, so that two of them cannot compare the addresses of their customers. */
const hashFor = (organizationId: string, { home }: AddressHashes): string =>
  createHmac('sha256', home).update(`consent ${organizationId}`).digest('base64url')

/** An item whose amount depends on the event, or that allows another one, has no price that the page could promise. */
function laterOf(item: ItemTerms, language: string): LaterCharge {
  const { triggerMode, triggerCondition, triggerThreshold } = item
  const isOpen = item.allowAmountOverride || triggerMode === 'variable' || triggerMode === 'event'
  const compares = triggerMode === 'threshold' && triggerCondition !== null && triggerThreshold !== null
  return {
    item: shownName(item.name),
    price: isOpen ? null : formatPrice(item, language),
    when: compares ? triggerCondition : 'each',
    threshold: compares
      ? new Intl.NumberFormat(language, { maximumFractionDigits: 20 }).format(Number(triggerThreshold))
      : '',
  }
}
