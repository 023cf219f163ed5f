// Browsers keep the URL with which a document was requested, even after `history.replaceState`, and vendors' scripts
// collect it: docs/decisions/0027-the-token-in-the-browser.md.

/**
 * Where scripts can read a URL in Chromium, Firefox and WebKit: a class of the browser, with its getters and methods.
 */
const readers: Record<string, string[]> = {
  PerformanceEntry: ['name', 'toJSON'],
  PerformanceResourceTiming: ['toJSON'],
  PerformanceNavigationTiming: ['toJSON'],
  NavigationHistoryEntry: ['url'],
  NavigationDestination: ['url'],
  NotRestoredReasons: ['url', 'toJSON'],
}

/**
 * Returns a URL of this origin without its query, and any other value unchanged. How the URL is written does not
 * matter: `%74oken=` is a token too, and browsers keep a user name in it.
 */
function withoutToken(value: unknown): unknown {
  if (typeof value !== 'string' || !/^https?:.*\?/i.test(value)) return value
  try {
    return new URL(value).origin === location.origin ? value.split('?', 1)[0] : value
  } catch {
    return value
  }
}

function hide(prototype: object, name: string): void {
  const found = Object.getOwnPropertyDescriptor(prototype, name)
  if (!found?.configurable) return
  const { get, value } = found
  if (get) {
    Object.defineProperty(prototype, name, { ...found, get: withGetter(get) })
  } else if (typeof value === 'function') {
    Object.defineProperty(prototype, name, { ...found, value: withMethod(value as () => unknown) })
  }
}

const withGetter = (get: () => unknown) =>
  function (this: object) {
    return withoutToken(get.call(this))
  }

const withMethod = (toJSON: () => unknown) =>
  function (this: object): unknown {
    return JSON.parse(JSON.stringify(toJSON.call(this)), (_name, value) => withoutToken(value))
  }

/** Hides the token in URLs that scripts of this page read. Must run before vendors' scripts. */
export function hideAddresses(): void {
  for (const [className, names] of Object.entries(readers)) {
    const known = (window as unknown as Record<string, { prototype: object } | undefined>)[className]
    for (const name of names) if (known) hide(known.prototype, name)
  }
  // Reports have no class of which the URL could be hidden, and browsers store those from before the script ran. Only
  // Chromium has them, so every script that is not ours works without.
  Reflect.deleteProperty(window, 'ReportingObserver')
}
