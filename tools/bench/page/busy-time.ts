export interface Call {
  /** Milliseconds. */
  began: number
  /** Undefined until the response. */
  ended?: number
}

/** Returns the milliseconds between two times for which at least one call was under way. */
export function busyTime(calls: Call[], from: number, to: number): number {
  const inOrder = [...calls].sort((a, b) => a.began - b.began)
  let [busy, counted] = [0, from]
  for (const { began, ended = to } of inOrder) {
    const end = Math.min(ended, to)
    busy += Math.max(0, end - Math.max(began, counted))
    counted = Math.max(counted, end)
  }
  return busy
}
