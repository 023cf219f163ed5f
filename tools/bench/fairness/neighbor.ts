import { randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import { send, type Call } from './call.ts'
import type { Organization } from './fill.ts'

/** The responses to the other organization's calls. */
export interface Answers {
  /** Milliseconds. */
  times: number[]
  /** Unexpected or missing responses. */
  wrong: string[]
}

interface Expected {
  name: string
  call: Call
  status: number
  /** A text that the right response contains. */
  contains: string
}

/** Creates the organization whose calls are measured. Each response is checked. */
export async function createNeighbor(port: number, { id, brand, key }: Organization) {
  const to = { port, agent: new Agent({ keepAlive: true, maxSockets: 1 }) }
  const bearer = { Authorization: `Bearer ${key}` }
  const edge = { api_key: key, org_id: id, brand_id: brand }
  const contact = `cont_${randomUUID()}`
  const open: Call = {
    method: 'POST',
    path: '/public/edge/createCustomer',
    headers: {},
    body: { ...edge, contact_id: contact },
  }
  const opened = JSON.parse((await send(to, open)).text) as { billing_customer_id: string; data: { setup_url: string } }
  const bc = opened.billing_customer_id
  const customer = JSON.parse(
    (await send(to, { method: 'GET', path: `/v1/customers/${contact}`, headers: bearer })).text,
  ) as { id: string }
  const link = new URL(opened.data.setup_url)

  const get = (name: string, path: string, contains: string): Expected => ({
    name,
    call: { method: 'GET', path, headers: bearer },
    status: 200,
    contains,
  })
  const reads = [
    get('GET customer', `/v1/customers/${customer.id}`, `"id":"${customer.id}"`),
    get('GET customer by external id', `/v1/customers/${contact}`, `"id":"${customer.id}"`),
    get('GET billing customer', `/v1/billing_customers/${bc}`, `"id":"${bc}"`),
    get('GET list', '/v1/billing_customers?limit=1', bc),
    get('GET page', `${link.pathname}${link.search}`, bc),
    { name: 'POST open again', call: open, status: 200, contains: bc },
  ]
  const keyed = (): Expected => {
    const name = `Ada ${randomUUID()}`
    const headers = { ...bearer, 'Idempotency-Key': randomUUID() }
    const call: Call = { method: 'POST', path: '/v1/customers', headers, body: { name } }
    return { name: 'POST with a fresh Idempotency-Key', call, status: 201, contains: name }
  }

  /** Makes calls one after another for this many milliseconds. */
  return async function callFor(milliseconds: number): Promise<Answers> {
    const answers: Answers = { times: [], wrong: [] }
    for (const end = performance.now() + milliseconds; performance.now() < end;) {
      for (const expected of [...reads, keyed()]) {
        const began = performance.now()
        const { status, text } = await send(to, expected.call).catch((error: unknown) => ({
          status: 0,
          text: String(error),
        }))
        answers.times.push(performance.now() - began)
        if (status !== expected.status || !text.includes(expected.contains))
          answers.wrong.push(`${expected.name}: ${status} ${text.slice(0, 200)}`)
      }
    }
    return answers
  }
}
