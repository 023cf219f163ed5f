/** Deterministic random choices: the same seed gives the same sequence. */
export interface Chance {
  /** Returns an integer from `least` to `most`, both inclusive. */
  between(least: number, most: number): number
  pick<T>(from: readonly T[]): T
  shuffle<T>(list: readonly T[]): T[]
  /** Returns `count` elements from repeated shuffles of `pack`, so that each element appears evenly. */
  deal<T>(pack: readonly T[], count: number): T[]
}

/** Mulberry32, github.com/cprosche/mulberry32. Its 32 bits of state suffice for the few thousand numbers of a plan. */
function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export function seededChance(seed: number): Chance {
  const next = numbers(seed)
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  const shuffle = <T>(list: readonly T[]): T[] => {
    const left = [...list]
    return list.map(() => left.splice(between(0, left.length - 1), 1)[0]!)
  }
  return {
    between,
    pick: (from) => from[between(0, from.length - 1)]!,
    shuffle,
    deal: (pack, count) =>
      Array.from({ length: Math.ceil(count / pack.length) }, () => shuffle(pack))
        .flat()
        .slice(0, count),
  }
}
