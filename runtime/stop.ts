/** Why a program stops: a signal, or its parent process has exited. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'parent gone'

/** Calls `stop` once on SIGINT, on SIGTERM, or when the parent process exits, so that no orphan keeps running. */
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
