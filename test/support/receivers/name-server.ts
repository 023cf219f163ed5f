import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** The addresses of a name at its n-th lookup (from 1); undefined leaves the query without an answer. */
export type Zone = (name: string, lookup: number) => string[] | undefined

export interface NameServer {
  /** `address:port`. */
  server: string
  queries(): string[]
}

const typeA = 1

/** A DNS server on UDP. Answers A queries from the zone, and AAAA queries with an empty answer. */
export async function nameServer(zone: Zone): Promise<NameServer> {
  const socket = createSocket('udp4')
  const queries: string[] = []
  socket.on('message', (query, from) => {
    const { name, type, end } = question(query)
    if (type === typeA) queries.push(name)
    const addresses = zone(name, queries.filter((each) => each === name).length)
    if (addresses) socket.send(answer(query, end, type === typeA ? addresses : []), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onTestFinished(() => void socket.close())
  return { server: `127.0.0.1:${(socket.address() as AddressInfo).port}`, queries: () => queries }
}

/** Reads the question of a query (RFC 1035, section 4.1.2). */
function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let size = query[at]!; size > 0; size = query[at]!) {
    labels.push(query.toString('ascii', at + 1, at + 1 + size))
    at += size + 1
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function answer(query: Buffer, end: number, addresses: string[]): Buffer {
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(0x8180, 2)
  header.writeUInt16BE(addresses.length, 6)
  header.writeUInt32BE(0, 8)
  const records = addresses.map((address) =>
    // A pointer to the name, type A, class IN, 0 seconds, 4 bytes.
    Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
  )
  return Buffer.concat([header, query.subarray(12, end), ...records])
}
