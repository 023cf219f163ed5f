/**
 * Returns a text with `\\u` escapes in place of what could move the cursor of a terminal or reorder its text: names
 * stored before the rule for texts, responses of other servers, environment variables and arguments can contain it.
 */
export const escaped = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** As `escaped`, for a message of several lines. */
export const escapedLines = (text: string): string => text.split('\n').map(escaped).join('\n')

/**
 * Returns a URL for people without its user, password, query and fragment, each of which can be a secret. A text that
 * is not a URL is not repeated.
 */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return 'an address that is not a URL'
  const { protocol, host, pathname, search } = new URL(text)
  return `${protocol}//${host}${pathname}${search ? '?…' : ''}`
}
