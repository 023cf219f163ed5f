/** A limit on work in progress. */
export interface Slots {
  /** Takes a slot once one is free, in the order of the calls. Returns a function that frees it, once. */
  take(): Promise<() => void>
  /** Runs work in a slot. */
  use<T>(work: () => Promise<T>): Promise<T>
}

/** Returns slots of which all are free. */
export function createSlots(most: number): Slots {
  let used = 0
  const waiting: (() => void)[] = []
  async function take(): Promise<() => void> {
    if (used >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else used++
    let isFree = false
    return () => {
      if (isFree) return
      isFree = true
      const next = waiting.shift()
      if (next) next()
      else used--
    }
  }
  return {
    take,
    async use(work) {
      const free = await take()
      try {
        return await work()
      } finally {
        free()
      }
    },
  }
}
