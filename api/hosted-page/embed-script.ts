import type { Env, Hono } from 'hono'
import { readAsset, typeOf } from '../assets/serve-asset.ts'
import { storedDocument } from '../assets/stored-document.ts'

/**
 * Serves `/embed.js` to all sites. They can require its hash (Subresource Integrity), which needs CORS, so it changes
 * only with a new release, and is revalidated: docs/embedding.md.
 */
export function serveEmbedScript<E extends Env>(app: Pick<Hono<E>, 'get'>): void {
  const name = 'embed.js'
  const text = readAsset(name)
  app.get(
    `/${name}`,
    storedDocument(() => text, {
      type: typeOf(name),
      cacheControl: 'public, max-age=300',
      headers: { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
      compresses: true,
    }),
  )
}
