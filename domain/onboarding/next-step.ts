import type { Closing, Result } from '../lifecycle.ts'
import { isPaid, earlierCharges, openAttempt, type OnboardingFacts } from './onboarding.ts'

export interface Timing {
  /** Seconds. */
  expiryGrace: number
  /** Seconds after the setup link was returned to a caller, ascending. */
  reminders: number[]
}

export type NextStep =
  | { do: 'nothing'; result: Result }
  | { do: 'close'; closing: Closing }
  | { do: 'activate' }
  | { do: 'pay' }
  | { do: 'change_price' }
  | { do: 'read_object' }
  | { do: 'wait_for_bank' }
  | { do: 'remind'; number: number }
  | { do: 'expire' }
  /** `then`: what happens at that time. */
  | { do: 'wait_for_customer'; until: Date; then: 'reminder' | 'expiry' }

/** A step that the run executes. The other ones are only changes of the record, made while it is read. */
export type RunStep = Exclude<NextStep, { do: 'remind' | 'expire' }>

const after = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1000)
const earliest = (...times: Date[]) => new Date(Math.min(...times.map((time) => time.getTime())))

/**
 * Returns when an onboarding that waits for its customer expires: at `expiresAt`, or `expiryGrace` later if a decline
 * or an open bank confirmation came too late for the customer to react.
 */
export function expiryOf(o: OnboardingFacts, { expiryGrace }: Pick<Timing, 'expiryGrace'>): Date {
  const graceBegins = after(o.expiresAt, -expiryGrace)
  const deservesGrace = o.attempts.some(
    (a) =>
      a.createdAt <= o.expiresAt &&
      (a.state === 'needs_customer' || (a.state === 'declined' && a.closedAt !== null && a.closedAt >= graceBegins)),
  )
  return deservesGrace ? after(o.expiresAt, expiryGrace) : o.expiresAt
}

/** Returns the next step of an onboarding. Pure: it depends on the facts and the time only. */
export function nextStep(o: OnboardingFacts, timing: Timing, now: Date): NextStep {
  if (o.endedAt) return { do: 'nothing', result: o.result ?? 'failed' }
  if (o.closing) return { do: 'close', closing: o.closing }
  if (isPaid(o)) return { do: 'activate' }

  const attempt = openAttempt(o)
  if (!attempt && o.objects.some(({ state, news }) => state === 'open' && news)) return { do: 'read_object' }
  if (!attempt && o.wantedAmount !== null) return { do: 'change_price' }
  if (attempt?.state === 'open') return { do: 'pay' }
  if (earlierCharges(o).some((charge) => charge.state === 'succeeded')) return { do: 'pay' }
  if (attempt?.state === 'processing') return { do: 'wait_for_bank' }

  const expiry = expiryOf(o, timing)
  if (expiry <= now) return { do: 'expire' }
  if (attempt) return { do: 'wait_for_bank' }
  return remindOrWait(o, timing, expiry, now)
}

function remindOrWait(o: OnboardingFacts, { reminders }: Timing, expiry: Date, now: Date): NextStep {
  const pause = reminders[o.remindersSent]
  if (!o.linkGivenAt || pause === undefined) return { do: 'wait_for_customer', until: expiry, then: 'expiry' }
  const due = after(o.linkGivenAt, pause)
  if (due > now)
    return { do: 'wait_for_customer', until: earliest(due, expiry), then: due < expiry ? 'reminder' : 'expiry' }
  return { do: 'remind', number: o.remindersSent + 1 }
}
