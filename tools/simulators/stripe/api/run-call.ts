import type { Fault } from '../../faults.ts'
import type { Call } from './call.ts'
import { invalidRequest, missingInBody, serverError, StripeAnswer } from '../errors.ts'
import type { Decline } from '../behavior/outcomes.ts'
import type { StripeState } from '../behavior/state.ts'
import { inMode } from '../in-mode.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'

export interface Answer {
  status: number
  body: unknown
  replayed?: boolean
  /** Violations of the request, or of the events that it caused. */
  violations?: string[]
}

/** Executes the call. `kept` is true if its response is stored under the key, as it is once execution has started. */
export function runCall(
  { state, webhooks }: { state: StripeState; webhooks: Webhooks },
  { call, id }: { call: Call; id: string },
  input: Record<string, unknown>,
  fault: Fault | undefined,
): Answer & { kept: boolean } {
  const unknown = Object.keys(input).find((name) => !call.params.includes(name))
  if (unknown) return rejectUnknown(unknown)
  const forced = fault?.fault === 'decline' ? declineOf(fault) : undefined
  if (fault?.fault === 'error_kept') return { status: 500, body: serverError().body, kept: true }
  let answer: Answer & { kept: boolean }
  try {
    const before = call.emits?.(state, id)
    const body = call.run(state, input, id, forced)
    const event = call.event?.(body)
    const violations = webhooks.emitHappened(state)
    if (event) violations.push(...webhooks.emit(state, event, before ?? (body as object)))
    const whole = inMode(expand(state, body as object, input.expand), state.livemode)
    answer = { status: 200, body: whole, kept: true, violations }
  } catch (error) {
    if (!(error instanceof StripeAnswer)) throw error
    const violations = [...webhooks.emitHappened(state), ...emitFailure(state, webhooks, error)]
    const { status, body, begun } = missingInBody(error, id)
    answer = { status, body, kept: begun, violations }
  }
  return fault?.fault === 'error_after' ? { ...answer, status: 500, body: serverError().body, kept: true } : answer
}

const declineOf = ({ code, advice_code }: Fault): Decline => ({
  code: 'card_declined',
  decline_code: code ?? 'generic_decline',
  ...(advice_code ? { advice_code } : {}),
})

/** Expands the objects that the call requested. Events are never expanded. */
function expand(state: StripeState, body: object, wanted: unknown): object {
  const whole: Record<string, (id: string) => object> = {
    customer: (id) => state.customer(id),
    latest_charge: state.charge.bind(state),
    payment_intent: (id) => state.paymentIntent(id),
    payment_method: (id) => state.paymentMethod(id),
  }
  const names = Array.isArray(wanted) ? (wanted as string[]) : []
  const fields = Object.entries(body).map(([name, value]) =>
    names.includes(name) && typeof value === 'string' ? [name, whole[name]?.(value) ?? value] : [name, value],
  )
  return Object.fromEntries(fields) as object
}

function rejectUnknown(param: string): Answer & { kept: boolean } {
  const { status, body } = invalidRequest(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param })
  return { status, body, kept: false, violations: [`unknown parameter ${param}`] }
}

function emitFailure(state: StripeState, webhooks: Webhooks, { status, body }: StripeAnswer): string[] {
  const { payment_intent, setup_intent } = status === 402 ? body.error : {}
  if (payment_intent) return webhooks.emit(state, 'payment_intent.payment_failed', payment_intent as object)
  return setup_intent ? webhooks.emit(state, 'setup_intent.setup_failed', setup_intent as object) : []
}
