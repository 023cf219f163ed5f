import type { english, englishConsent } from './en.ts'

/** The words of the hosted page in one language. A language that lacks one does not compile. */
export type Words = typeof english

/** What the customer agrees to, in one language (`consent-versions.ts`). */
export type ConsentWords = typeof englishConsent

/**
 * Replaces each `{name}` in a sentence by its value. If the sentence or the value has a script that runs from right to
 * left, the value is isolated (Unicode, UAX #9): otherwise `US$ 15.00` and punctuation would be shown in another order.
 */
export const fill = (sentence: string, values: Record<string, string | null>): string =>
  sentence.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = values[name] ?? ''
    return /[\u0590-\u08ff]/.test(sentence + value) ? `\u2068${value}\u2069` : value
  })
