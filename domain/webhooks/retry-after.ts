/** Seconds. A receiver cannot postpone its events for longer with one response. */
export const longestRetryAfter = 3_600

/** The three forms of a date of RFC 9110, section 5.6.7. `Date.parse` also reads "1" as a date. */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}/

/**
 * Returns the seconds of a Retry-After header (RFC 9110, section 10.2.3), in whole seconds from 1 to an hour. Returns
 * null if the header is missing, unreadable, zero, or a date in the past.
 */
export function retryAfterSeconds(header: string | readonly string[] | undefined, now: number): number | null {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim() ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : secondsUntil(text, now)
  return seconds > 0 ? Math.min(Math.ceil(seconds), longestRetryAfter) : null
}

function secondsUntil(text: string, now: number): number {
  if (!httpDate.test(text) || text.length > 40) return NaN
  // The asctime format has no time zone and means UTC.
  return (Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`) - now) / 1_000
}
