export interface Shift {
  /** Milliseconds. */
  at: number
  value: number
}

/**
 * Returns the cumulative layout shift as web.dev/articles/cls defines it: the largest sum of shifts with less than a
 * second between two and at most five seconds in all.
 */
export function cumulativeShift(shifts: Shift[]): number {
  let [largest, sum, began, last] = [0, 0, -Infinity, -Infinity]
  for (const { at, value } of shifts) {
    const isSameWindow = at - last < 1_000 && at - began < 5_000
    if (!isSameWindow) began = at
    sum = isSameWindow ? sum + value : value
    last = at
    largest = Math.max(largest, sum)
  }
  return largest
}
