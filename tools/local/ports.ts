import { createServer } from 'node:net'

function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
}

/** Throws an Error where a port that was asked for by its number cannot be had; 0 asks for any. */
export async function requirePort(port: number, host: string): Promise<void> {
  if (port === 0 || (await isFree(port, host))) return
  throw new Error(`PORT ${port} is in use by another program: stop that program, set another PORT, or leave it unset`)
}

/** Given out by this process; who asked for them may not listen yet. */
const given = new Set<number>()

/** The wanted port where it is free, else one of `freeLowPorts`. */
export async function freePort(wanted = 0): Promise<number> {
  if (wanted !== 0 && (await isFree(wanted))) return wanted
  return (await freeLowPorts(1))[0]!
}

/**
 * Returns free ports below 32768. Systems give higher ones to outgoing connections, which would take a port between
 * this call and its use, or while its server restarts; and Temporal keeps its own in a column of 16 bits with a sign.
 */
export async function freeLowPorts(count: number): Promise<number[]> {
  const found: number[] = []
  while (found.length < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    found.push(port)
  }
  return found
}

/**
 * Returns a function that starts a server on a port, always the same one: the wanted port where it is free. Where
 * somebody else takes it between the look and the first start, the start is repeated once on another.
 */
export async function onOnePort<Started>(
  wanted: number,
  start: (port: number, signal: AbortSignal) => Promise<Started>,
) {
  let port = await freePort(wanted)
  let isOurs = false
  return async (signal: AbortSignal): Promise<Started> => {
    try {
      const started = await start(port, signal)
      isOurs = true
      return started
    } catch (error) {
      if (isOurs || signal.aborted || !/address already in use/i.test((error as Error).message)) throw error
      port = await freePort()
      return start(port, signal)
    }
  }
}
