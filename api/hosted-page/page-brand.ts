import type { PageTheme } from '../../domain/hosted-page.ts'
import { shownName } from '../../domain/text/free-text.ts'
import { isLinkAddress, logoOrigin } from '../../domain/text/web-addresses.ts'
import type { OpenedLink } from '../setup/opened-link.ts'
import type { PageModel } from './view/model.ts'

// What the page shows of a brand. Values stored before the rules for texts and addresses are shown without what the
// rules reject.

const nameOf = (name: string | null) => (name === null ? null : shownName(name))
const linkOf = (url: string | null) => (url !== null && isLinkAddress(url) ? url : null)

export function brandOf({ brand, settings }: Pick<OpenedLink, 'brand' | 'settings'>): PageModel['brand'] {
  return {
    name: shownName(brand.name),
    logoUrl: logoOrigin(brand.logoUrl) ? brand.logoUrl : null,
    logoDarkUrl: logoOrigin(brand.logoDarkUrl) ? brand.logoDarkUrl : null,
    colour: brand.colour,
    corner: brand.corner,
    font: brand.font,
    legalName: nameOf(brand.legalName),
    statementName: nameOf(brand.statementName),
    termsUrl: linkOf(brand.termsUrl),
    privacyUrl: linkOf(brand.privacyUrl),
    supportPhone: nameOf(brand.supportPhone),
    support: supportOf(brand, settings),
  }
}

/** Returns the contacts other than the phone number. The general one is for brands that have no other. */
function supportOf(brand: OpenedLink['brand'], { supportContact }: OpenedLink['settings']): string[] {
  const own = [nameOf(brand.supportEmail), linkOf(brand.supportUrl)].filter((contact) => contact !== null)
  const general = nameOf(brand.supportContact ?? supportContact)
  return own.length > 0 || brand.supportPhone || !general ? own : [general]
}

/** Returns the colors of the page: those that the caller set for this onboarding, otherwise those of the brand. */
export const themeOf = ({ page, brand }: Pick<OpenedLink, 'page' | 'brand'>): PageTheme =>
  page.theme ?? brand.theme ?? 'auto'
