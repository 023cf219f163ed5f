import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Relay {
  /** The database's URL through the relay. */
  url: string
  close(): void
}

/** Interferes with the bytes of a client or the server. Undefined forwards them. */
export interface Interference {
  /** Called with the startup parameters of a new client. Returns an error that ends the connection. */
  start?(parameters: Record<string, string>): { code: string; message: string } | undefined
  /** Called with the server's bytes. */
  answer?(bytes: Buffer): Buffer
  /** A client's text after which none of its bytes are forwarded, as if the client were frozen. */
  stopsAfter?: string
}

/** Starts a relay between clients and the PostgreSQL server of a URL. */
export async function relayTo(
  databaseUrl: string,
  { start, answer = (bytes) => bytes, stopsAfter }: Interference,
): Promise<Relay> {
  const url = new URL(databaseUrl)
  const [host, port] = [url.hostname, Number(url.port)]
  const open = new Set<Socket>()
  const relay = createServer((client) => {
    open.add(client)
    client.on('error', () => {})
    client.once('data', (first: Buffer) => {
      const refusal = start?.(startupParameters(first))
      if (refusal) return void client.end(errorResponse(refusal))
      const server = connect(port, host)
      open.add(server)
      server.on('error', () => client.destroy()).on('close', () => client.destroy())
      client.on('close', () => server.destroy())
      server.write(first)
      let stopped = false
      client.on('data', (bytes: Buffer) => {
        if (!stopped) server.write(bytes)
        stopped ||= stopsAfter !== undefined && bytes.includes(stopsAfter)
      })
      server.on('data', (bytes: Buffer) => client.write(answer(bytes)))
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => relay.once('listening', resolve))
  url.port = String((relay.address() as AddressInfo).port)
  return {
    url: url.href,
    close() {
      relay.close()
      for (const socket of open) socket.destroy()
    },
  }
}

/** Parses a startup message: length and protocol version, then names and values, each terminated by NUL. */
function startupParameters(message: Buffer): Record<string, string> {
  const texts = message.toString('utf8', 8).split('\0')
  const names = texts.filter((name, i) => i % 2 === 0 && name !== '')
  return Object.fromEntries(names.map((name) => [name, texts[texts.indexOf(name) + 1]!]))
}

function errorResponse({ code, message }: { code: string; message: string }): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const head = Buffer.alloc(5, 'E')
  head.writeUInt32BE(4 + fields.length, 1)
  return Buffer.concat([head, fields])
}
