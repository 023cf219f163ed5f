import { createServer } from 'node:net'
import { whyNotListening, type AddressVariables } from '../../runtime/http/not-listening.ts'

/** Returns why a server cannot listen there; undefined if it can. */
function tryPort(port: number, host = '127.0.0.1'): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', resolve)
    probe.listen(port, host, () => probe.close(() => resolve(undefined)))
  })
}

/** Returns whether a value is a port that a server can be asked to listen on. */
export const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536

const isFree = async (port: number): Promise<boolean> => (await tryPort(port)) === undefined

/**
 * Occupies a port until the returned function is called, so that no other program takes it before its server starts.
 * Returns undefined if it cannot be occupied.
 */
export async function holdPort(port: number, host: string): Promise<(() => Promise<void>) | undefined> {
  const holder = createServer((connection) => connection.destroy())
  const isHeld = await new Promise<boolean>((resolve) => {
    holder.once('error', () => resolve(false))
    holder.listen(port, host, () => resolve(true))
  })
  return isHeld ? () => new Promise((resolve) => holder.close(() => resolve())) : undefined
}

/** Throws an Error if the requested port is in use, or the address cannot be used. 0 requests any port. */
export async function requirePort(port: number, host: string, names?: AddressVariables): Promise<void> {
  const error = await tryPort(port, host)
  const variable = names?.port ?? 'PORT'
  if (error?.code === 'EADDRINUSE')
    throw new Error(
      `${variable} ${port} is in use by another program: stop that program, set another ${variable}, or leave it unset`,
    )
  if (error) throw new Error(whyNotListening(error, host, port, names))
}

/** Returns the URL at which this machine reaches a server that listens on `host`. */
export function urlOfServer(host: string, port: number): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

/** Ports that this process has reserved. Their servers may not listen yet. */
const reserved = new Set<number>()

/** Reserves a port. Returns false if it is reserved already. */
export function reservePort(port: number): boolean {
  const isNew = !reserved.has(port)
  reserved.add(port)
  return isNew
}

/** Returns the wanted port and reserves it if it is free, otherwise one of `freeLowPorts`. */
export async function freePort(wanted = 0): Promise<number> {
  if (wanted !== 0 && reservePort(wanted) && (await isFree(wanted))) return wanted
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
    if (!reservePort(port) || !(await isFree(port))) continue
    found.push(port)
  }
  return found
}

/**
 * Returns a function that always starts a server on the same port, which `freePort` returned. If another program takes
 * the port before the first start, the start is retried once on another port.
 */
export function withFixedPort<Started>(first: number, start: (port: number, signal: AbortSignal) => Promise<Started>) {
  let port = first
  let hasStarted = false
  return async (signal: AbortSignal): Promise<Started> => {
    try {
      const started = await start(port, signal)
      hasStarted = true
      return started
    } catch (error) {
      if (hasStarted || signal.aborted || !/address already in use|_PORT \d+ is in use/i.test((error as Error).message))
        throw error
      port = await freePort()
      return start(port, signal)
    }
  }
}
