/** A limit on work in progress. */
export interface Slots {
  /** Runs work once a slot is free, in the order of the calls. */
  use<T>(work: () => Promise<T>): Promise<T>
}

export function createSlots(most: number): Slots {
  let used = 0
  const waiting: (() => void)[] = []
  return {
    async use(work) {
      if (used >= most) await new Promise<void>((resolve) => waiting.push(resolve))
      else used++
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else used--
      }
    },
  }
}
