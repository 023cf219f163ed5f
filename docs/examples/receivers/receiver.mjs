// Receives webhooks with the library of Standard Webhooks:
//   npm install standardwebhooks
//   PORT=3000 WEBHOOK_SECRET=whsec_… node receiver.mjs
import { createServer } from 'node:http'
import { Webhook } from 'standardwebhooks'

const webhook = new Webhook(process.env.WEBHOOK_SECRET)

// In production, keep both in your database: the ids for 30 days.
const seen = new Set()
const highest = new Map()

/** Records an event. Returns whether it must be processed: it is new, and no later one of its customer was there. */
function record(event) {
  if (seen.has(event.id)) return false
  seen.add(event.id)
  const customer = event.data.billing_customer_id
  if (!customer) return true
  if (event.sequence < (highest.get(customer) ?? 0)) return false
  highest.set(customer, event.sequence)
  return true
}

createServer(async (request, response) => {
  // The signature is of these bytes. A body that was parsed and written again is another body.
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  let event
  try {
    event = webhook.verify(Buffer.concat(chunks), request.headers)
  } catch {
    response.writeHead(400).end()
    return
  }
  const isNew = record(event)
  // Answer before you work: after 15 seconds without an answer, the event is sent again.
  response.writeHead(204).end()
  if (isNew) console.log(event.id, event.type, event.sequence)
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log('ready'))
