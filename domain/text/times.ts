/** The rule for a time that a client sends. */
export const timeRule = 'must be an RFC 3339 time, such as 2026-11-21T09:00:00Z'

/** PostgreSQL has no year 0, and an offset can turn the year 9999 into one of five digits. */
export const isStorableTime = (time: Date): boolean => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999

export const yearsRule = 'must be in the years 1 to 9999'
