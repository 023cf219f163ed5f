import type { english } from './en.ts'

/** The words of the hosted page in one language. A language that lacks one does not compile. */
export type Words = typeof english

/** Replaces each `{name}` in a sentence by its value. */
export const fill = (sentence: string, values: Record<string, string | null>): string =>
  sentence.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '')
