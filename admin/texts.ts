import { findCardNumbers } from '../domain/text/card-numbers.ts'
import { Failure } from '../domain/failure/failures.ts'
import { toStored, whyNotText } from '../domain/text/free-text.ts'

/**
 * Returns the options of a command in NFC. Throws a Failure for the first one that breaks the rules for texts or
 * contains a card number. A reason can have line breaks.
 */
export function checkedTexts(options: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(options)) {
    const holdsCard = findCardNumbers({ [name]: value }).length > 0
    const wrong = holdsCard ? 'must not contain a card number' : whyNotText(value, name === 'reason' ? 'notes' : 'name')
    if (wrong) throw new Failure('invalid_request', wrong, { param: `--${name}` })
  }
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, toStored(value)]))
}
