import { createServer } from 'node:net'

function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
}

/** Throws an Error if the requested port is in use. 0 requests any port. */
export async function requirePort(port: number, host: string): Promise<void> {
  if (port === 0 || (await isFree(port, host))) return
  throw new Error(`PORT ${port} is in use by another program: stop that program, set another PORT, or leave it unset`)
}

/** Ports that this process has reserved. Their servers may not listen yet. */
const reserved = new Set<number>()

/** Returns the wanted port if it is free, otherwise one of `freeLowPorts`. */
export async function freePort(wanted = 0): Promise<number> {
  if (wanted !== 0 && (await isFree(wanted))) return wanted
  return (await freeLowPorts(1))[0]!
}

/**
 * Returns free ports below 32768. Outgoing connections use higher ports and could take one before its server listens or
 * while it restarts. Temporal stores its ports in a signed 16-bit column.
 */
export async function freeLowPorts(count: number): Promise<number[]> {
  const found: number[] = []
  while (found.length < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (reserved.has(port) || !(await isFree(port))) continue
    reserved.add(port)
    found.push(port)
  }
  return found
}

/**
 * Returns a function that always starts a server on the same port: the wanted one if it is free. If another program
 * takes the port before the first start, the start is retried once on another port.
 */
export async function withFixedPort<Started>(
  wanted: number,
  start: (port: number, signal: AbortSignal) => Promise<Started>,
) {
  let port = await freePort(wanted)
  let hasStarted = false
  return async (signal: AbortSignal): Promise<Started> => {
    try {
      const started = await start(port, signal)
      hasStarted = true
      return started
    } catch (error) {
      if (hasStarted || signal.aborted || !/address already in use/i.test((error as Error).message)) throw error
      port = await freePort()
      return start(port, signal)
    }
  }
}
