import { join } from 'node:path'
import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Faults, isAbout } from '../faults.ts'
import { cut, holdUntilGivenUp, listen, type SimulatorApp, type SimulatorContext } from '../listen.ts'
import { addApproval } from './browser/approval.ts'
import { executeCall, type Answer, type Parts } from './api/execute-call.ts'
import { makeCertificates, type Certificates } from './certificates.ts'
import { addAccountControls, addControls } from './api/controls.ts'
import { newDebugId } from './errors.ts'
import { RequestIds } from './behavior/idempotency.ts'
import type { Exchange } from './judge/judge.ts'
import { PayPalState } from './behavior/state.ts'
import { certificatePath, Webhooks, type WebhookTarget } from './api/webhooks.ts'

export interface PayPalSimulator {
  url: string
  /** PEM of the root of the certificate chain that signs events. */
  rootCertificate: string
  /** Sets the endpoint for events. May be called later. */
  sendEventsTo(target: WebhookTarget): void
  close(): Promise<void>
}

/** Shared within the process, because three RSA keys take half a second. */
let own: Promise<Certificates> | undefined

/** Starts the PayPal simulator: the part of its HTTP API that we use, with state in `folder`, and its pages. */
export async function startPayPalSimulator(options: { folder: string; port?: number }): Promise<PayPalSimulator> {
  const state = new PayPalState(join(options.folder, 'paypal.jsonl'))
  const certificates = state.certificates() ?? (await (own ??= makeCertificates()))
  if (!state.certificates()) state.journal.put('certificates', 'own', certificates)
  const webhooks = new Webhooks(state, certificates)
  const parts: Parts = { state, requestIds: new RequestIds(state), faults: new Faults(), webhooks, log: [] }
  const app: SimulatorApp = new Hono()
  app.get(certificatePath(certificates), (c) => c.text(certificates.chain))
  addApproval(app, state)
  addControls(app, parts)
  addAccountControls(app, parts)
  for (const version of ['v1', 'v2', 'v3']) app.all(`/${version}/*`, (c) => answerCall(c, parts))
  const { url, close } = await listen(app, options.port)
  state.url = url
  return {
    url,
    rootCertificate: certificates.root,
    sendEventsTo: (target) => webhooks.sendTo(target),
    async close() {
      webhooks.stop()
      await close()
      state.journal.close()
    },
  }
}

async function answerCall(c: SimulatorContext, parts: Parts): Promise<Response> {
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
  const answer: Answer = await executeCall(parts, exchange, fault)
  exchange.status = answer.status
  exchange.answer = answer.body
  if (fault?.advance_seconds) parts.state.advance(fault.advance_seconds)
  if (fault?.fault === 'lose_answer') return holdUntilGivenUp(c)
  c.header('Paypal-Debug-Id', newDebugId())
  return answer.body ? c.json(answer.body, answer.status as ContentfulStatusCode) : c.body(null, 204)
}
