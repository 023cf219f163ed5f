import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Env, Hono } from 'hono'
import type { DocumentPace } from '../call/limits/document-pace.ts'
import { storedDocument } from './stored-document.ts'

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Returns the media type of a file of this folder. */
export const typeOf = (name: string): string => types[name.split('.').at(-1)!]!

/** Returns the text of a file of this folder. */
export const readAsset = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8')

interface AssetOptions {
  /** Without it, the file is sent without a wait. */
  pace?: DocumentPace
  /** Returns what is sent instead of the file's text. */
  make?: (text: string) => string
}

/** Serves a file of this folder, cached forever, under a path that changes with its content. Returns the path. */
export function serveAsset<E extends Env>(
  app: Pick<Hono<E>, 'get'>,
  name: string,
  { pace, make = (text) => text }: AssetOptions = {},
): string {
  const text = make(readAsset(name))
  const path = `/assets/${createHash('sha256').update(text).digest('hex').slice(0, 12)}/${name}`
  const type = typeOf(name)
  app.get(
    path,
    storedDocument(() => text, { type, cacheControl: 'public, max-age=31536000, immutable', pace, compresses: true }),
  )
  return path
}
