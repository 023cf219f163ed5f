import type { PageTheme } from '../hosted-page.ts'

export const brandCorners = ['square', 'rounded', 'pill'] as const
export const brandFonts = ['system', 'serif', 'rounded', 'mono'] as const

/** What the hosted page shows of a brand besides its name. Null: not set. */
export interface BrandLooks {
  logoUrl: string | null
  /** The logo on a dark background. Default: `logoUrl`. */
  logoDarkUrl: string | null
  /** As `#rrggbb`. */
  colour: string | null
  /** The corners of buttons and boxes. Default: `rounded`. */
  corner: (typeof brandCorners)[number] | null
  /** Fonts of the customer's device: no font is loaded. Default: `system`. */
  font: (typeof brandFonts)[number] | null
  /** Default: `auto`. An onboarding's own theme precedes it. */
  theme: PageTheme | null
  /** The company that the customer agrees with. Default: the brand's name. */
  legalName: string | null
  /** The name on the customer's statement, as the gateways' accounts write it. Only shown. */
  statementName: string | null
  termsUrl: string | null
  privacyUrl: string | null
  /** Free text: an email address, phone number or URL. */
  supportContact: string | null
  supportEmail: string | null
  /** In E.164 form. */
  supportPhone: string | null
  supportUrl: string | null
}

/** Looks of a call. Undefined keeps the stored value, null removes it. */
export type LooksChanges = { [Name in keyof BrandLooks]?: BrandLooks[Name] | undefined }

/** A brand that has only a name. */
export const plainLooks: Readonly<BrandLooks> = {
  logoUrl: null,
  logoDarkUrl: null,
  colour: null,
  corner: null,
  font: null,
  theme: null,
  legalName: null,
  statementName: null,
  termsUrl: null,
  privacyUrl: null,
  supportContact: null,
  supportEmail: null,
  supportPhone: null,
  supportUrl: null,
}

export const brandLookNames = Object.keys(plainLooks) as (keyof BrandLooks)[]

/** Returns the looks among other fields, without those that were not given. */
export const givenLooks = (fields: LooksChanges): Partial<BrandLooks> =>
  Object.fromEntries(brandLookNames.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])))

/** Maximum characters of names that the page shows in one line. */
export const longestLegalName = 255
export const longestStatementName = 40
