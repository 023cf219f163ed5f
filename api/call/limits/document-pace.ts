/** Bytes of documents per millisecond that a process sends, so that requests without a key cannot occupy it. */
const pace = 50_000
/** Milliseconds. */
export const longestWait = 2_000

/**
 * Reserves a place after the documents requested before. Returns the milliseconds until it may be sent; nothing is
 * reserved if that is more than `longestWait`.
 */
export type DocumentPace = (bytes: number) => number

/** Returns the pace that all documents of an app share. */
export function createDocumentPace(): DocumentPace {
  /** When the requested documents will have been sent. */
  let free = 0
  return (bytes) => {
    const now = performance.now()
    const wait = Math.max(0, free - now)
    if (wait <= longestWait) free = now + wait + bytes / pace
    return wait
  }
}
