// Choices of the hosted page: those of one onboarding, and the values that brands and settings share with them.

/** The languages of the page, as BCP 47 tags. */
export const pageLocales = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt-BR', 'pl', 'ja', 'ar'] as const
export type PageLocale = (typeof pageLocales)[number]

/** The colors of the page; `auto` follows the customer's device. */
export const pageThemes = ['auto', 'light', 'dark'] as const
export type PageTheme = (typeof pageThemes)[number]

/** What the page does after a completed setup: nothing, show a button to the return URL, or go there by itself. */
export const completionActions = ['stay', 'button', 'redirect'] as const
export type CompletionAction = (typeof completionActions)[number]

/** How the customer agrees on the page: by continuing under the sentence, or by checking its box. */
export const consentWays = ['text', 'checkbox'] as const
export type ConsentWay = (typeof consentWays)[number]

/** What a customer agreed to on the page. */
export interface GivenConsent {
  /** Of the sentences: api/hosted-page/words/consent-versions.ts. */
  version: number
  language: PageLocale
  way: ConsentWay
  /** The sentences, with the URLs of their links in parentheses. */
  text: string
  /** Keyed hash; null for calls from this machine, and for deleted customers. */
  addressHash: string | null
}

/** Such a consent as it is stored. */
export type Consent = GivenConsent & { givenAt: Date }

/** The options that a caller set for the page of one onboarding. Null: not set. */
export interface PageOptions {
  /** Replaces the choice by the browser's Accept-Language and by the setting `page_locale`. */
  locale: PageLocale | null
  /** Where the customer goes after the end of the onboarding. Open it only as `returnAddress`. */
  returnUrl: string | null
  /** Where the customer goes instead of completing the setup. Open it only as `returnAddress`. */
  cancelUrl: string | null
  /** See `completionOf` for the default. */
  onCompletion: CompletionAction | null
  /** Replaces the theme of the brand. */
  theme: PageTheme | null
}

/** Options of a call. Undefined keeps the stored value, null removes it. */
export type PageChanges = { [Option in keyof PageOptions]?: PageOptions[Option] | undefined }

/** The options of an onboarding for which none were set. */
export const noPageOptions: Readonly<PageOptions> = {
  locale: null,
  returnUrl: null,
  cancelUrl: null,
  onCompletion: null,
  theme: null,
}

/** Returns what the page does after a completed setup. */
export const completionOf = ({ onCompletion, returnUrl }: PageOptions): CompletionAction =>
  onCompletion ?? (returnUrl === null ? 'stay' : 'button')

/** Returns the options of `asked` that differ from the current ones. */
export function differingOptions(current: PageOptions, asked: PageChanges = {}): Partial<PageOptions> {
  const differs = ([name, value]: [string, unknown]) =>
    value !== undefined && value !== current[name as keyof PageOptions]
  return Object.fromEntries(Object.entries(asked).filter(differs))
}

/** Returns why `returnUrl` is invalid, as an error that continues the field's name; undefined if it is valid. */
export const returnUrlProblem = ({ onCompletion, returnUrl }: PageOptions): string | undefined =>
  returnUrl === null && (onCompletion === 'button' || onCompletion === 'redirect')
    ? `is required while on_completion is ${onCompletion}`
    : undefined
