/** Limits of a caller's free data on one record, after a merge. */
export const metadataLimits = {
  keys: 100,
  keyLength: 255,
  /** Characters of one value, written as JSON. */
  valueLength: 4000,
  /**
   * Of the whole, as JSON in UTF-8: above Stripe's 50 keys of 40 and 500 characters, and what any documented door
   * takes.
   */
  bytes: 32_768,
}

type Metadata = Record<string, unknown>

/** The digits that PostgreSQL adds to a number that JSON writes with an exponent: jsonb writes numbers out in full. */
function digitsLeftOut(value: number): number {
  const text = String(value)
  const [mantissa, exponent] = text.split('e')
  if (exponent === undefined) return 0
  const digits = mantissa!.replace(/\D/g, '').length
  const places = Math.abs(Number(exponent))
  const written = Number(exponent) > 0 ? places + 1 : places + 1 + digits
  return Math.max(0, written + (value < 0 ? 1 : 0) - text.length)
}

/** Bytes of metadata as compact JSON in UTF-8, with numbers written out in full. */
export function metadataBytes(metadata: Metadata): number {
  let added = 0
  const text = JSON.stringify(metadata, (_, value: unknown) => {
    if (typeof value === 'number') added += digitsLeftOut(value)
    return value
  })
  return new TextEncoder().encode(text).length + added
}

export const tooManyKeys = (most = metadataLimits.keys) => `must have at most ${most} keys`
export const tooManyBytes = `must be at most ${metadataLimits.bytes} bytes of JSON`

/** What the caller wrote: names that begin with `_` are the service's. */
const ofCaller = (metadata: Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => !name.startsWith('_')))

/**
 * Returns why `changes` cannot be merged into `current`, or undefined. Metadata that is already beyond a limit can
 * shrink, and can change without growing.
 */
export function whyNotMerged(current: Metadata, changes: Metadata): string | undefined {
  const [before, after] = [ofCaller(current), ofCaller({ ...current, ...changes })]
  const keys = Object.keys(after).length
  if (keys > metadataLimits.keys && keys > Object.keys(before).length)
    return `${tooManyKeys()}, those of earlier calls included`
  const bytes = metadataBytes(after)
  if (bytes > metadataLimits.bytes && bytes > metadataBytes(before))
    return `${tooManyBytes}, what earlier calls added included`
  return undefined
}
