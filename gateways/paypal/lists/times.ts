/** Returns the second of a time, as PayPal's searches take it. */
export const secondOf = (time: Date) => time.toISOString().replace(/\.\d+/, '')

/** Returns the next second, so that the one of the time is listed completely. */
export const secondAfter = (time: Date) => secondOf(new Date(time.getTime() + 1_000))
