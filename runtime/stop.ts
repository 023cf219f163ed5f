/** Why a program stops: a signal, or that the program which started it is gone. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'parent gone'

/**
 * Calls `stop` once on SIGINT or SIGTERM, and when the program that started this one is gone: nothing is left running
 * that nobody watches.
 */
export function stopOnSignals(stop: (reason: StopReason) => void): void {
  let called = false
  const once = (reason: StopReason) => () => {
    if (called) return
    called = true
    stop(reason)
  }
  process.on('SIGINT', once('SIGINT'))
  process.on('SIGTERM', once('SIGTERM'))
  process.on('disconnect', once('parent gone'))
}
