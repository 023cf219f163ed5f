import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono, type Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Faults, isAbout } from '../faults.ts'
import { addApproval } from './approval.ts'
import { carryOut, type Answer, type Parts } from './carry-out.ts'
import { makeCertificates } from './certificates.ts'
import { addAccountControls, addControls } from './controls.ts'
import { newDebugId } from './errors.ts'
import { RequestIds } from './idempotency.ts'
import type { Exchange } from './judge.ts'
import { PayPalState } from './state.ts'
import { certificatePath, Webhooks, type WebhookTarget } from './webhooks.ts'

export interface PayPalSimulator {
  url: string
  /** PEM of the root that issued the certificate with which events are signed. */
  rootCertificate: string
  /** Where events are sent; may be said later. */
  sendEventsTo(target: WebhookTarget): void
  close(): Promise<void>
}

type SimContext = Context<{ Bindings: HttpBindings }>

/** What stands in for PayPal on one machine: its HTTP API as far as we use it, with state in `folder`, and its pages. */
export async function startPayPalSimulator(options: { folder: string; port?: number }): Promise<PayPalSimulator> {
  const state = new PayPalState(join(options.folder, 'paypal.jsonl'))
  const certificates = state.certificates() ?? (await makeCertificates())
  if (!state.certificates()) state.journal.put('certificates', 'own', certificates)
  const webhooks = new Webhooks(state, certificates)
  const parts: Parts = { state, requestIds: new RequestIds(state), faults: new Faults(), webhooks, log: [] }
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get(certificatePath(certificates), (c) => c.text(certificates.chain))
  addApproval(app, state)
  addControls(app, parts)
  addAccountControls(app, parts)
  for (const version of ['v1', 'v2', 'v3']) app.all(`/${version}/*`, (c) => answerCall(c, parts))
  const server = await new Promise<Server>((resolve, reject) => {
    const made = serve({ fetch: app.fetch, port: options.port ?? 0, hostname: '127.0.0.1' }, () =>
      resolve(made as Server),
    ) as Server
    made.on('error', reject)
  })
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: state.url,
    rootCertificate: certificates.root,
    sendEventsTo: (target) => webhooks.sendTo(target),
    async close() {
      webhooks.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      state.journal.close()
    },
  }
}

async function answerCall(c: SimContext, parts: Parts): Promise<Response> {
  const { pathname, search } = new URL(c.req.url)
  const exchange: Exchange = {
    method: c.req.method,
    path: pathname,
    query: search.slice(1),
    headers: c.req.header(),
    body: await c.req.text(),
    key: c.req.header('PayPal-Request-Id') ?? null,
    status: 0,
  }
  parts.log.push(exchange)
  const fault = parts.faults.take(exchange.method, pathname, isAbout(parts.state.journal, exchange))
  if (fault?.fault === 'lose_request') return holdUntilGivenUp(c)
  if (fault?.fault === 'reset') return cut(c)
  const answer: Answer = await carryOut(parts, exchange, fault)
  exchange.status = answer.status
  exchange.answer = answer.body
  if (fault?.advance_seconds) parts.state.advance(fault.advance_seconds)
  if (fault?.fault === 'lose_answer') return holdUntilGivenUp(c)
  c.header('Paypal-Debug-Id', newDebugId())
  return answer.body ? c.json(answer.body, answer.status as ContentfulStatusCode) : c.body(null, 204)
}

/** Nothing is answered; the caller gives up some day. */
async function holdUntilGivenUp(c: SimContext): Promise<Response> {
  await new Promise((resolve) => c.env.outgoing.on('close', resolve))
  return RESPONSE_ALREADY_SENT
}

function cut(c: SimContext): Response {
  c.env.incoming.socket.resetAndDestroy()
  return RESPONSE_ALREADY_SENT
}
