import type { PageLocale, PageTheme } from '../hosted-page.ts'
import type { OnboardingKind } from '../lifecycle.ts'

// What a preview of the hosted page can show.

/** The language of previews that has longer words, with accents (Unicode CLDR, pseudo-locales). */
export const pseudoLocale = 'en-XA'

/** States that the page's script plays, as if a customer submitted: each with the state that it reaches. */
export const playedStates = {
  form: 'ready',
  card_not_loaded: 'ready',
  submitting: 'submitting',
  offline: 'submitting',
  working: 'working',
  action: 'action',
  declined: 'declined',
  price_changed: 'price_changed',
  cool_down: 'cool_down',
  done: 'done',
} as const

/** States that the server draws: of pages on which nothing is played, of links that cannot be used, and of no link. */
export const drawnStates = ['confirm', 'asked', 'watching', 'closing', 'active', 'suspended'] as const
export const linkNotices = ['expired', 'replaced', 'exhausted', 'canceled', 'failed'] as const
export const noticesOfNobody = ['not_found', 'no_token', 'returned', 'unavailable'] as const

export type PlayedState = keyof typeof playedStates
export type LinkNotice = (typeof linkNotices)[number]
export type NoticeOfNobody = (typeof noticesOfNobody)[number]
export type PreviewState = PlayedState | (typeof drawnStates)[number] | LinkNotice | NoticeOfNobody

/** All states of which the page has a preview. */
export const previewStates: readonly [PreviewState, ...PreviewState[]] = [
  ...(Object.keys(playedStates) as [PlayedState]),
  ...drawnStates,
  ...linkNotices,
  ...noticesOfNobody,
]

/** What a preview shows. Undefined: English, and the theme of the brand. */
export interface PreviewRequest {
  state: PreviewState
  kind: OnboardingKind
  locale?: PageLocale | typeof pseudoLocale | undefined
  theme?: PageTheme | undefined
}
