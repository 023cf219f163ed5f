import type { Answer } from './calls.ts'
import type { PageProgress } from '../view/model.ts'

/** The progress with its version, by which the next call waits for another one. */
export type SeenProgress = PageProgress & { version: string }

/** What the watch needs of a browser. */
export interface Surroundings {
  /** Asks for the progress. Without `seen` it is returned at once. */
  ask(seen: string | undefined, signal: AbortSignal): Promise<Answer>
  isHidden(): boolean
  /** Calls `wake` when the tab is shown or the network is back. Returns a function that ends this. */
  onWake(wake: () => void): () => void
  /** Resolves after this many milliseconds, or as soon as the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** Milliseconds between calls that are not held: often at first, then slower. */
const pauses = [...Array<number>(6).fill(500), ...Array<number>(8).fill(3_000), 15_000]
const hiddenPause = 60_000
const unanswered: Answer = { status: 500, answer: null, retryAfter: 0 }

/**
 * Calls `onChange` with the progress of this link now and whenever it changes, also with 410 (the link is no longer
 * valid) and once with another status below 500. Nothing is asked while the tab is hidden; it continues by itself when
 * the tab is shown or the network is back. Returns a function that ends it.
 */
export function watchProgress(onChange: (answer: Answer) => void, browser: Surroundings): () => void {
  const stopped = new AbortController()
  let woken = new AbortController()
  const stopWaking = browser.onWake(() => {
    woken.abort()
    woken = new AbortController()
  })
  const idle = (milliseconds: number) => browser.pause(milliseconds, woken.signal)

  void (async () => {
    let seen: string | undefined
    let reported = ''
    for (let unheld = 0; !stopped.signal.aborted;) {
      if (browser.isHidden()) {
        await idle(hiddenPause)
        continue
      }
      const answer = await browser.ask(seen, stopped.signal).catch(() => unanswered)
      if (stopped.signal.aborted) return
      // Unchanged after a wait.
      if (answer.status === 204) {
        unheld = 0
        continue
      }
      const version = (answer.answer as SeenProgress | null)?.version
      const found = `${answer.status} ${version}`
      const isNew = answer.status < 500 && found !== reported
      if (isNew) {
        ;[seen, reported] = [version, found]
        onChange(answer)
      }
      unheld = isNew ? 0 : unheld + 1
      if (!isNew || version === undefined) await idle(pauses[Math.min(unheld, pauses.length - 1)]!)
    }
  })()
  return () => {
    stopped.abort()
    woken.abort()
    stopWaking()
  }
}
