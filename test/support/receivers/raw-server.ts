import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface RawServer {
  port: number
  url: string
  /** Connections so far, and those that are open. */
  accepted(): number
  open(): number
}

/** Serves each connection with `answer`, byte by byte as it likes, until the test ends. */
export async function rawServer(
  answer: (socket: Socket) => void,
  { host = '127.0.0.1', port = 0, create = createServer as (listener: (socket: Socket) => void) => Server } = {},
): Promise<RawServer> {
  const open = new Set<Socket>()
  let accepted = 0
  const server = create((socket) => {
    accepted++
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket))
    answer(socket)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  const used = (server.address() as AddressInfo).port
  const name = host.includes(':') ? `[${host}]` : host
  return { port: used, url: `http://${name}:${used}/`, accepted: () => accepted, open: () => open.size }
}

/** Writes again and again until the connection is cut. */
export function forever(socket: Socket, text: string | (() => string), milliseconds: number): void {
  const timer = setInterval(() => socket.write(typeof text === 'string' ? text : text()), milliseconds)
  socket.on('close', () => clearInterval(timer))
}

/** Calls `answer` with each request once its head has arrived. */
export const onRequest = (answer: (socket: Socket) => void) => (socket: Socket) =>
  void socket.on('data', (data) => {
    if (data.includes('\r\n\r\n')) answer(socket)
  })
