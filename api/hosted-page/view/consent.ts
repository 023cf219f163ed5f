import type { ConsentWay } from '../../../domain/hosted-page.ts'
import { fill, type ConsentWords } from '../words/words.ts'

/** What is charged for the item, and when. */
export interface LaterCharge {
  item: string
  /** Null if the company determines the amount each time. */
  price: string | null
  /** Each time the item is due, or whenever a measured value compares to the threshold in this way. */
  when: 'each' | 'gte' | 'lte' | 'eq'
  threshold: string
}

/** What the customer agrees to. Amounts are formatted in the page's language. */
export interface Agreement {
  /** With whom: the legal name of the brand, or else its name. */
  company: string
  /** What is charged now; null if nothing is. */
  price: string | null
  /** Whether it is refunded as soon as the account is active. */
  refunded: boolean
  /** Null without an item: then what was agreed elsewhere applies. */
  later: LaterCharge | null
  termsUrl: string | null
  privacyUrl: string | null
}

/** A sentence. Its words in brackets are a link if it has a URL. */
export interface Sentence {
  text: string
  url: string | null
}

/** Returns what is charged later, as one sentence. */
export function laterSentence({ later: words, anAmount }: ConsentWords, { company, later }: Agreement): string {
  if (!later) return fill(words.agreed, { company })
  const { item, price, when, threshold } = later
  return fill(words[when], { company, item, price: price ?? anAmount, threshold })
}

/** Returns the sentence about what is charged now. */
export function nowSentence(words: ConsentWords, { company, price, refunded }: Agreement): string {
  if (price === null) return words.nothingNow
  return fill(refunded ? words.nowReturned : words.now, { company, price })
}

/** Returns the sentences that the customer agrees to, in order. The second is the one about what is charged now. */
export function consentSentences(words: ConsentWords, way: ConsentWay, agreement: Agreement): Sentence[] {
  const { company, termsUrl, privacyUrl } = agreement
  const plain = [
    way === 'checkbox' ? words.byBox : words.byButton,
    nowSentence(words, agreement),
    fill(words.saved, { company }),
    laterSentence(words, agreement),
  ]
  return [
    ...plain.map((text) => ({ text, url: null })),
    ...(termsUrl ? [{ text: words.terms, url: termsUrl }] : []),
    ...(privacyUrl ? [{ text: words.privacy, url: privacyUrl }] : []),
  ]
}

/** Returns the parts of a sentence with a link: before it, its text, after it. */
export const linkParts = (text: string) => /^(.*)\[([^\]]*)\](.*)$/.exec(text)!.slice(1) as [string, string, string]

/** Returns what is between a sentence and the next. Some scripts have no space there. */
export const gapAfter = (text: string): string => (/[。：]$/.test(text) ? '' : ' ')

/** Returns the sentences as plain text, with the URLs of their links in parentheses. */
export function consentText(sentences: Sentence[]): string {
  const texts = sentences.map(({ text, url }) =>
    url ? text.replace(/\[([^\]]*)\]/, (_all, link) => `${link} (${url})`) : text,
  )
  return texts
    .map((text) => text + gapAfter(text))
    .join('')
    .trim()
}
