/**
 * Returns a function that makes one call at a time. Callers that arrive meanwhile share the next one, so a
 * result is never older than the request for it.
 */
export function shareCalls<T>(call: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined
  let next: Promise<T> | undefined
  const begin = (): Promise<T> => {
    const result = call()
    current = result
    const end = () => {
      if (current === result) current = undefined
    }
    result.then(end, end)
    return result
  }
  return () => {
    if (!current) return begin()
    next ??= current
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        next = undefined
        return begin()
      })
    return next
  }
}
