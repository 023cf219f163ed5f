// Receives webhooks with nothing but Node.js:
//   PORT=3000 WEBHOOK_SECRET=whsec_… node receiver-without-library.mjs
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

/** Returns whether a request is from us: one of its signatures is right, and it is at most 5 minutes old. */
function isGenuine(secret, headers, body) {
  const id = headers['webhook-id'] ?? ''
  const timestamp = headers['webhook-timestamp'] ?? ''
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false
  // The key is the decoded base64 after the prefix, not the text.
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
  // While a secret is being rotated, there are several signatures.
  return (headers['webhook-signature'] ?? '').split(' ').some((versioned) => {
    const [version, signature = ''] = versioned.split(',')
    const given = Buffer.from(signature, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
}

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
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  if (!isGenuine(process.env.WEBHOOK_SECRET, request.headers, body)) {
    response.writeHead(400).end()
    return
  }
  const event = JSON.parse(body.toString('utf8'))
  const isNew = record(event)
  // Answer before you work: after 15 seconds without an answer, the event is sent again.
  response.writeHead(204).end()
  if (isNew) console.log(event.id, event.type, event.sequence)
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log('ready'))
