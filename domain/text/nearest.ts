/**
 * Returns the name that a misspelled text most likely means: at most a third of its characters differ, or at most
 * `mostEdits`.
 */
export function nearest<T extends string>(
  text: string,
  names: readonly T[],
  mostEdits = Math.max(1, Math.floor(text.length / 3)),
): T | undefined {
  if (text.length === 0 || text.length > 60) return undefined
  const ranked = names.map((name) => ({ name, edits: editsBetween(text, name) }))
  const best = ranked.reduce((first, other) => (other.edits < first.edits ? other : first))
  return best.edits <= mostEdits ? best.name : undefined
}

/** Returns the least number of inserted, removed and replaced characters between two texts (Levenshtein). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let at = 1; at <= to.length; at++) {
      const replaced = row[at - 1]! + (from[i - 1] === to[at - 1] ? 0 : 1)
      next.push(Math.min(row[at]! + 1, next[at - 1]! + 1, replaced))
    }
    row = next
  }
  return row[to.length]!
}
