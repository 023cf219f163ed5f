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

/**
 * Calls `stop` once if the output can no longer be written: its reader ended, as `head` does, or the disk is full.
 * Without it, Node prints a stack trace and exits at once. `why` is undefined for a reader that ended.
 */
export function stopWithoutOutput(stop: (why: string | undefined) => void): void {
  let called = false
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (called) return
      called = true
      stop(code === 'EPIPE' ? undefined : `the output cannot be written (${code ?? 'unknown'})`)
    })
}

/** The exit code of a program that SIGPIPE ended. */
const sigpipe = 141

/** As `stopWithoutOutput`, for a command that has nothing to end: exits with the code for it. */
export const exitWithoutOutput = (): void =>
  stopWithoutOutput((why) => {
    if (why !== undefined) console.error(why)
    process.exit(why === undefined ? sigpipe : 1)
  })
