import { brotliCompressSync, gzipSync } from 'node:zlib'

export type Encoding = 'br' | 'gzip'

/** Returns a text in both encodings, each as small as it gets: for files that are compressed once and sent often. */
export const compressed = (text: string): Record<Encoding, Uint8Array<ArrayBuffer>> => ({
  br: Uint8Array.from(brotliCompressSync(text)),
  gzip: Uint8Array.from(gzipSync(text, { level: 9 })),
})

/** Returns the smallest encoding that a client accepts (RFC 9110, section 12.5.3); undefined if it accepts none. */
export function acceptedEncoding(acceptEncoding: string | undefined): Encoding | undefined {
  const accepted = new Map(
    (acceptEncoding ?? '')
      .toLowerCase()
      .split(',')
      .map((each) => {
        const [name = '', ...parameters] = each.split(';').map((part) => part.trim())
        const quality = parameters.find((parameter) => parameter.startsWith('q='))
        return [name, quality === undefined || Number(quality.slice(2)) > 0]
      }),
  )
  return (['br', 'gzip'] as const).find((name) => accepted.get(name) ?? accepted.get('*') ?? false)
}
