/** Limits of a caller's metadata on one object, after a merge. */
export const metadataLimits = {
  keys: 100,
  keyLength: 255,
  /** Characters of one value as JSON. */
  valueLength: 4000,
  /**
   * Total size as JSON in UTF-8: more than Stripe allows (50 keys of 40 characters with values of 500), and more than
   * any documented door allows.
   */
  bytes: 32_768,
}

type Metadata = Record<string, unknown>

/** Returns the number of digits that jsonb adds to a number that JSON writes with an exponent. */
function digitsLeftOut(value: number): number {
  const text = String(value)
  const [mantissa, exponent] = text.split('e')
  if (exponent === undefined) return 0
  const digits = mantissa!.replace(/\D/g, '').length
  const places = Math.abs(Number(exponent))
  const written = Number(exponent) > 0 ? places + 1 : places + 1 + digits
  return Math.max(0, written + (value < 0 ? 1 : 0) - text.length)
}

/** Returns the bytes of metadata as compact JSON in UTF-8, with numbers written out in full. */
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

/** Returns the caller's keys: names that begin with `_` belong to the service. */
const ofCaller = (metadata: Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => !name.startsWith('_')))

/**
 * Returns why `changes` cannot be merged into `current`, or undefined. Metadata that already exceeds a limit can still
 * shrink, or change without growing.
 */
export function whyNotMerged(current: Metadata, changes: Metadata): string | undefined {
  const [before, after] = [ofCaller(current), ofCaller({ ...current, ...changes })]
  const keys = Object.keys(after).length
  if (keys > metadataLimits.keys && keys > Object.keys(before).length)
    return `${tooManyKeys()}, including those of earlier calls`
  const bytes = metadataBytes(after)
  if (bytes > metadataLimits.bytes && bytes > metadataBytes(before))
    return `${tooManyBytes}, including those of earlier calls`
  return undefined
}
