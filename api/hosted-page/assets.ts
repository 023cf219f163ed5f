import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Assets } from '../../page/layout.tsx'

const files = { 'page.css': 'text/css; charset=utf-8', 'browser.js': 'text/javascript; charset=utf-8' } as const

function read(name: keyof typeof files) {
  const text = readFileSync(new URL(`../../page/${name}`, import.meta.url), 'utf8')
  return {
    path: `/assets/${createHash('sha256').update(text).digest('hex').slice(0, 16)}/${name}`,
    text,
    type: files[name],
  }
}

/** Serves the page's style and script under names that change with their content, to be kept for ever. */
export function serveAssets(serve: (path: string, type: string, text: string) => void): Assets {
  const [style, script] = [read('page.css'), read('browser.js')]
  for (const { path, text, type } of [style, script]) serve(path, type, text)
  return { style: style.path, script: script.path }
}
