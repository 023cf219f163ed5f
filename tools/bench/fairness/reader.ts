import { Agent } from 'node:http'
import { send, type Call } from './call.ts'

// The reading organization in its own process: `reader.ts <port> <loops>`. A message with a call starts the loops. A
// null message stops them, and the process replies with a report.

const [port, loops] = process.argv.slice(2).map(Number) as [number, number]
const agent = new Agent({ keepAlive: true, maxSockets: loops })

export interface ReaderReport {
  /** Number of responses by status. */
  statuses: Record<number, number>
  bytes: number
}

let reading = false
let loopsEnd: Promise<unknown> = Promise.resolve()
let report: ReaderReport = { statuses: {}, bytes: 0 }

async function loop(call: Call): Promise<void> {
  while (reading) {
    const { status, bytes } = await send({ port, agent }, call, false)
    report.statuses[status] = (report.statuses[status] ?? 0) + 1
    report.bytes += bytes
  }
}

process.on('message', async (call: Call | null) => {
  if (call) {
    reading = true
    report = { statuses: {}, bytes: 0 }
    loopsEnd = Promise.all(Array.from({ length: loops }, () => loop(call)))
  } else {
    reading = false
    await loopsEnd
    process.send!(report)
  }
})
process.send!('ready')
