const letters: Record<string, string> = {
  a: 'á',
  c: 'ç',
  e: 'é',
  i: 'î',
  n: 'ñ',
  o: 'ö',
  s: 'š',
  u: 'ü',
  y: 'ý',
  z: 'ž',
}
const growth = 0.4

/** Returns a sentence with accents, in brackets and 40 % longer, as translations are. Placeholders stay. */
export function pseudoSentence(sentence: string): string {
  if (sentence === '') return ''
  const parts = sentence.split(/(\{\w+\})/)
  const accented = parts.map((part) => (part.startsWith('{') ? part : part.replace(/[a-z]/g, (x) => letters[x] ?? x)))
  return `[${accented.join('')} ${'~'.repeat(Math.ceil(sentence.length * growth))}]`
}

/** Returns words with each sentence changed. */
export function pseudoWords<Sentences extends object>(words: Sentences): Sentences {
  const change = (value: unknown): unknown => {
    if (typeof value === 'string') return pseudoSentence(value)
    return Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, change(each)]))
  }
  return change(words) as Sentences
}
