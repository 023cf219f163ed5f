import { call, type Answer } from './calls.ts'
import { watchProgress, type Surroundings } from './watch-progress.ts'

/** Seconds for which a call is held: less than proxies wait. */
const held = 25
const surroundings: Surroundings = {
  ask: (seen, signal) => {
    const query = seen === undefined ? '' : `?wait=${held}&seen=${encodeURIComponent(seen)}`
    return call(`progress${query}`, undefined, undefined, signal)
  },
  isHidden: () => document.visibilityState === 'hidden',
  onWake(wake) {
    document.addEventListener('visibilitychange', wake)
    addEventListener('online', wake)
    return () => {
      document.removeEventListener('visibilitychange', wake)
      removeEventListener('online', wake)
    }
  },
  pause: (milliseconds, signal) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds)
      // Not a listener: a tab that is open for days would have thousands of them.
      signal.onabort = () => resolve()
    }),
}

/** Watches the progress of this page's link (`watchProgress`). Returns a function that ends it. */
export const watchInWindow = (onChange: (answer: Answer) => void): (() => void) => watchProgress(onChange, surroundings)
