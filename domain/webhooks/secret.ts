/** Bytes of a generated secret, and the bounds for a secret that the caller provides (Standard Webhooks 1.0.0). */
export const secretBytes = { generated: 32, least: 24, most: 64 }

export const secretRule = `must be whsec_ and the base64 of ${secretBytes.least} to ${secretBytes.most} bytes`

/** Returns a key as receivers configure it: `whsec_` and base64. */
export const secretText = (key: Uint8Array): string => `whsec_${btoa(String.fromCharCode(...key))}`

/** Returns the key of a secret, which is the decoded base64; undefined if the text does not follow `secretRule`. */
export function secretKey(text: string): Uint8Array | undefined {
  const [, encoded] = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(text) ?? []
  if (encoded === undefined || encoded.length > 100) return undefined
  const key = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
  const isCanonical = secretText(key) === text
  return isCanonical && key.length >= secretBytes.least && key.length <= secretBytes.most ? key : undefined
}
