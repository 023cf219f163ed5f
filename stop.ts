/**
 * Calls `stop` once on SIGINT or SIGTERM, and when the program that started this one is gone: nothing is left running
 * that nobody watches.
 */
export function stopOnSignals(stop: () => void): void {
  let called = false
  const once = () => {
    if (called) return
    called = true
    stop()
  }
  process.on('SIGINT', once)
  process.on('SIGTERM', once)
  process.on('disconnect', once)
}
