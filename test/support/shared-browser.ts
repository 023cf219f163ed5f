import type { Browser } from 'playwright-core'
import { launchBrowser } from '../../tools/scripts/browser.ts'

let shared: Promise<Browser> | undefined

/**
 * Returns the Chromium of this process, in which one test file runs after another: a launch takes seconds. Contexts
 * share nothing. A file ends with `closePages` instead of `close`.
 */
export async function sharedBrowser(): Promise<Browser> {
  if (shared && (await shared).isConnected()) return shared
  shared = launchBrowser()
  const browser = await shared
  // Vitest ends a process with this signal, and half a second later by force.
  process.once('SIGTERM', () => void browser.close().finally(() => process.exit()))
  return browser
}

/** Closes all pages and contexts of the browser. */
export async function closePages(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()))
}
