import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Env, Hono } from 'hono'

const types: Record<string, string> = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' }

/** Serves a file of `page/` under a name that changes with its content, to be kept for ever; answers that path. */
export function serveAsset<E extends Env>(app: Pick<Hono<E>, 'get'>, name: string): string {
  const text = readFileSync(new URL(`../page/${name}`, import.meta.url), 'utf8')
  const path = `/assets/${createHash('sha256').update(text).digest('hex').slice(0, 16)}/${name}`
  const headers = {
    'Content-Type': types[name.split('.').at(-1)!]!,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
  }
  app.get(path, (c) => c.body(text, 200, headers))
  return path
}
