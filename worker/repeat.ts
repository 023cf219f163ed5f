/** Calls `work` `every` milliseconds, one call at a time. Returns a stop function that waits for the last one. */
export function repeatEvery(
  every: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let working: Promise<void> | undefined
  const timer = setInterval(() => {
    working ??= work()
      .catch(onError)
      .finally(() => (working = undefined))
  }, every)
  return {
    async stop() {
      clearInterval(timer)
      await working
    },
  }
}
