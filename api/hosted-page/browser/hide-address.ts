// Browsers keep the address that a document was requested with, also after `history.replaceState`, where vendors'
// scripts collect it: docs/decisions/0027-the-token-in-the-browser.md.

/**
 * Where an address can be read in Chromium, Firefox and WebKit: a class of the browser, and its getters and methods.
 */
const readers: Record<string, string[]> = {
  PerformanceEntry: ['name', 'toJSON'],
  PerformanceResourceTiming: ['toJSON'],
  PerformanceNavigationTiming: ['toJSON'],
  NavigationHistoryEntry: ['url'],
  NavigationDestination: ['url'],
  NotRestoredReasons: ['url', 'toJSON'],
}

/** Returns an address of ours without its query where that holds a token, and everything else as it is. */
function withoutToken(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith(`${location.origin}/`) || !value.includes('token=')) return value
  return value.split('?', 1)[0]
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

/** Lets scripts of this page read our own addresses without their token. Must run before vendors' scripts. */
export function hideAddresses(): void {
  for (const [className, names] of Object.entries(readers)) {
    const known = (window as unknown as Record<string, { prototype: object } | undefined>)[className]
    for (const name of names) if (known) hide(known.prototype, name)
  }
}
