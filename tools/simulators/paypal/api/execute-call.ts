import { delay, type Fault } from '../../faults.ts'
import type { Ask, Call, DoingCall } from '../behavior/call.ts'
import { findCall } from './calls.ts'
import { missing, PayPalAnswer } from '../errors.ts'
import { inProgress, RequestIds, type Outcome } from '../behavior/idempotency.ts'
import type { Exchange } from '../judge/judge.ts'
import { failure, grantToken, permission, tokenPath } from './oauth.ts'
import type { PayPalState } from '../behavior/state.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'

interface Parts {
  state: PayPalState
  requestIds: RequestIds
  webhooks: Webhooks
}
export interface Answer {
  status: number
  /** Absent for 204. */
  body?: object
}

/** Executes a request and returns the vendor's response. */
export async function executeCall(parts: Parts, exchange: Exchange, fault: Fault | undefined): Promise<Answer> {
  let call: Call | undefined
  try {
    refuseFirst(parts.state, exchange, fault)
    if (exchange.path === tokenPath) return await grant(parts.state, exchange, fault)
    const found = findCall(exchange.method, exchange.path)
    if (!found) throw missing()
    call = found.call
    const ask = asked(exchange, found.id, fault)
    const answer =
      'read' in found.call
        ? { status: 200, body: found.call.read(parts.state, ask) }
        : await doOnce(parts, found.call, ask, exchange, fault)
    if (fault?.fault === 'error_after') throw new PayPalAnswer(500)
    return answer
  } catch (error) {
    if (error instanceof PayPalAnswer) return { status: error.status, body: error.body(call?.operation) }
    throw error
  }
}

function refuseFirst(state: PayPalState, { path, headers }: Exchange, fault: Fault | undefined): void {
  if (fault?.fault === 'rate_limit') throw new PayPalAnswer(429)
  if (fault?.fault === 'error_before') throw new PayPalAnswer(500)
  if (path === tokenPath) return
  const allowed = permission(state, headers.authorization ?? '', path)
  if (fault?.fault === 'unauthorized' || allowed === 'no_token') throw new PayPalAnswer(401)
  if (allowed === 'no_scope') throw new PayPalAnswer(403, [{ issue: 'PERMISSION_DENIED' }])
  if (fault?.fault === 'key_in_use') throw inProgress()
}

async function grant(state: PayPalState, { headers, body }: Exchange, fault: Fault | undefined): Promise<Answer> {
  await delay(fault)
  if (fault?.fault === 'unauthorized') return failure(401, 'invalid_client', 'Client Authentication failed')
  const answer = grantToken(state, headers.authorization ?? '', body)
  if (fault?.fault === 'error_after') throw new PayPalAnswer(500)
  return answer
}

function asked({ query, headers, body, key }: Exchange, id: string, fault: Fault | undefined): Ask {
  const byFault = fault?.fault === 'decline' ? (fault.code ?? 'INSTRUMENT_DECLINED') : undefined
  return {
    id,
    body,
    query: Object.fromEntries(new URLSearchParams(query)),
    key: key ?? undefined,
    forced: byFault ?? mockedIssue(headers['paypal-mock-response']),
  }
}

/** developer.paypal.com/negative-testing/request-headers */
function mockedIssue(header: string | undefined): string | undefined {
  try {
    const { mock_application_codes: codes } = JSON.parse(header ?? '{}') as {
      mock_application_codes?: string | string[]
    }
    return Array.isArray(codes) ? codes[0] : codes
  } catch {
    return undefined
  }
}

/** Executes a call once per request id. A repeated id returns the current state of the first request's object. */
async function doOnce(
  parts: Parts,
  call: DoingCall,
  ask: Ask,
  exchange: Exchange,
  fault: Fault | undefined,
): Promise<Answer> {
  const { requestIds, state } = parts
  const show = (id: string) => shown(state, call, id, exchange.headers.prefer)
  const { api } = call
  if (!ask.key || api === 'notifications') {
    await delay(fault)
    return { status: !call.view ? 204 : call.method === 'PATCH' ? 200 : 201, ...show(perform(parts, call, ask)) }
  }
  const request = RequestIds.request(exchange.method, exchange.path, exchange.body)
  const before = requestIds.begin(api, ask.key, request)
  if (before) return repeated(call, before, show)
  const keep = (outcome: Outcome) => requestIds.save(api, ask.key!, request, outcome)
  try {
    await delay(fault)
    const made = perform(parts, call, ask, (id) => keep({ made: id }))
    return { status: call.view ? 201 : 204, ...show(made) }
  } catch (error) {
    if (error instanceof PayPalAnswer && error.begun) keep({ status: error.status, body: error.body(call.operation) })
    throw error
  } finally {
    requestIds.end(api, ask.key)
  }
}

function perform({ state, webhooks }: Parts, call: DoingCall, ask: Ask, keep = (_id: string) => {}): string {
  const { id, events } = call.run(state, ask)
  keep(id)
  for (const event of events) webhooks.emit(state, event)
  return id
}

/** Returns the response to a repeated id: 201 in the payments API, 200 in the others. */
function repeated(call: DoingCall, outcome: Outcome, show: (id: string) => { body?: object }): Answer {
  if ('status' in outcome) return outcome
  return { status: !call.view ? 204 : call.api === 'payments' ? 201 : 200, ...show(outcome.made) }
}

function shown(state: PayPalState, call: DoingCall, id: string, prefer = 'return=minimal'): { body?: object } {
  if (!call.view) return {}
  const full = call.view(state, id) as { id: string; status?: string; links: object[] }
  const { status, links } = full
  return { body: call.hasMinimal && prefer !== 'return=representation' ? { id, status, links } : full }
}
