import type { Result } from '../../domain/lifecycle.ts'
import { amountDue, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { NoticeOfNobody } from '../../domain/tenant/page-previews.ts'
import { embedOrigins } from '../../domain/text/web-addresses.ts'
import type { OpenedLink } from '../setup/opened-link.ts'
import { pagePath } from '../setup-links.ts'
import { brandOf, themeOf } from './page-brand.ts'
import type { NoticeModel, PageModel } from './view/model.ts'
import { cancelAddress, endedAddress } from './ways-out.ts'
import type { Language } from './words/languages.ts'

/** Returns what becomes of the payment, once the onboarding has ended. */
export function paymentAtEnd(onboarding: OnboardingFacts): PageModel['payment'] {
  const { attempts } = onboarding
  if (attempts.some(({ state }) => state === 'paid')) return amountDue(onboarding) > 0 ? 'returned' : null
  return attempts.every(({ state }) => state === 'declined' || state === 'void') ? 'notCharged' : null
}

/** Returns the same before that: an open object can still be paid, and an expired setup that is paid goes on. */
export function paymentAtClosing(onboarding: OnboardingFacts): PageModel['payment'] {
  const { closing, objects } = onboarding
  const mayBePaid = objects.some(({ state }) => state === 'creating' || state === 'open')
  const payment = mayBePaid ? null : paymentAtEnd(onboarding)
  return payment === 'returned' && closing === 'expired' ? null : payment
}

/** What the record says of an ended link, besides its onboarding. */
interface KnownOfNotice {
  /** Whether the customer has requested a new link. */
  newLinkAsked: boolean
  /** Whether a payment arrived after the end and is returned. */
  paidLate: boolean
}

/** Returns what the page of a link without a form shows. */
export function noticeModel(
  link: OpenedLink,
  language: Language,
  { newLinkAsked, paidLate }: KnownOfNotice = { newLinkAsked: false, paidLate: false },
): NoticeModel {
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
  // A return URL only opens the progress.
  const mayAsk = link.purpose === 'setup' && (notice === 'expired' || notice === 'exhausted') && useful
  const newLinkPath = mayAsk ? pagePath(target) : null
  return {
    link: link.purpose,
    language,
    brand: brandOf(link),
    theme: themeOf(link),
    sandbox: billingCustomer.environment === 'sandbox',
    notice,
    replacing,
    payment: paidLate ? 'returned' : (onboarding.endedAt ? paymentAtEnd : paymentAtClosing)(onboarding),
    newLinkPath,
    newLinkAsked,
    backUrl: standing === 'over' || standing === 'expired' ? endedAddress(link, notice as Result) : cancelAddress(link),
    billingCustomerId: billingCustomer.id,
    embedOrigins: embedOrigins(link.settings.embedOrigins),
  }
}

/** Returns a notice without a link, and so without a brand. */
export const noticeOfNobody = (language: Language, notice: NoticeOfNobody): NoticeModel => ({
  link: null,
  language,
  brand: null,
  theme: 'auto',
  sandbox: false,
  notice,
  replacing: false,
  payment: null,
  newLinkPath: null,
  newLinkAsked: false,
  backUrl: null,
  billingCustomerId: null,
  embedOrigins: [],
})
