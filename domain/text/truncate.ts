/**
 * Truncates a caller's text for an error message: at most `most` UTF-16 units and an ellipsis, without lone surrogates.
 */
export function truncate(text: string, most = 40): string {
  if (text.length <= most) return text.toWellFormed()
  const cut = text.slice(0, most)
  return `${(/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut).toWellFormed()}…`
}
