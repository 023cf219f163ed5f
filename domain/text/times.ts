/** The rule for a time that a client sends. */
export const timeRule = 'must be an RFC 3339 time, such as 2026-11-21T09:00:00Z'

/** PostgreSQL has no year 0, and an offset can turn the year 9999 into one of five digits. */
export const isStorableTime = (time: Date): boolean => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999

export const yearsRule = 'must be in the years 1 to 9999'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Returns a time in UTC for operators: `08:40 UTC` if it is on the day of `now`, `08:40:15 UTC` if it comes within two
 * minutes, else `29 Nov, 08:40 UTC`.
 */
export function timeText(time: Date, now: Date): string {
  const [day, rest = ''] = time.toISOString().split('T')
  const isNear = time > now && time.getTime() - now.getTime() < 120_000
  const hour = `${rest.slice(0, isNear ? 8 : 5)} UTC`
  const [today] = now.toISOString().split('T')
  if (day === today) return hour
  const year = time.getUTCFullYear() === now.getUTCFullYear() ? '' : ` ${time.getUTCFullYear()}`
  return `${time.getUTCDate()} ${months[time.getUTCMonth()]}${year}, ${hour}`
}
