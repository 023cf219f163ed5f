import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Journal } from './journal.ts'

/** The faults that can be injected into a call. See docs/simulators.md. */
export const faultNames = [
  'lose_request',
  'lose_answer',
  'error_before',
  'error_after',
  'error_kept',
  'delay',
  'reset',
  'decline',
  'key_in_use',
  'rate_limit',
  'lock_timeout',
  'unauthorized',
] as const
export type FaultName = (typeof faultNames)[number]

/** Requests for a fault, and to resend events: late, twice, out of order or forged. */
export const faultOrder = z.object({
  match: z.object({
    method: z.string(),
    path: z.string(),
    about: z.string().min(1).optional(),
    account: z.string().min(1).optional(),
  }),
  times: z.number().int().min(1).default(1),
  fault: z.enum(faultNames),
  after: z.string().optional(),
  delay_ms: z.number().int().min(0).optional(),
  advance_seconds: z.number().int().min(0).optional(),
  code: z.string().optional(),
  /** The bank's recommendation for a decline. */
  advice_code: z.string().optional(),
})
export const webhookOrder = z.object({
  account: z.string().optional(),
  type: z.string().optional(),
  event_id: z.string().optional(),
  times: z.number().int().min(1).default(1),
  delay_ms: z.number().int().min(0).default(0),
  shuffle: z.boolean().default(false),
  forge: z.boolean().default(false),
})
export type WebhookOrder = z.infer<typeof webhookOrder>

export interface Fault {
  /** `about` is a text that only calls about one object contain. See `isAbout`. `account`: the id of the account. */
  match: { method: string; path: string; about?: string | undefined; account?: string | undefined }
  times: number
  fault: FaultName
  /** Id of the fault that must have been applied to all of its calls before this one applies to any. */
  after?: string | undefined
  delay_ms?: number | undefined
  /** Seconds by which the simulator's clock is advanced after the call. */
  advance_seconds?: number | undefined
  code?: string | undefined
  advice_code?: string | undefined
  /** Aborted when the fault is removed. */
  ended?: AbortSignal
}

/** Waits for the delay of a fault, or until the fault is removed. */
export async function delay(fault: Fault | undefined): Promise<void> {
  if (fault?.fault !== 'delay') return
  await sleep(fault.delay_ms ?? 1_000, undefined, fault.ended ? { signal: fault.ended } : {}).catch(() => {})
}

/** The active faults, in the order of their requests. Each applies to `times` calls. */
export class Faults {
  private list: (Fault & { id: string; end: AbortController })[] = []
  private count = 0

  /** Adds a fault. Returns its id. */
  add(fault: Fault): string {
    const id = `fault_${++this.count}`
    const end = new AbortController()
    // Each call that the fault delays listens until its delay is over. More than ten would look like a leak.
    setMaxListeners(0, end.signal)
    this.list.push({ ...fault, id, end, ended: end.signal })
    return id
  }

  /** Removes one fault or all, and continues the calls that they delay. */
  clear(id?: string): void {
    const stays = (fault: { id: string }) => id !== undefined && fault.id !== id
    for (const { end } of this.list.filter((fault) => !stays(fault))) end.abort()
    this.list = this.list.filter(stays)
  }

  /** Returns the faults that still apply to calls. */
  left(): (Fault & { id: string })[] {
    return this.list.filter(({ times }) => times > 0).map(({ end: _, ended: __, ...fault }) => fault)
  }

  /** Returns the first fault that matches the call, and counts it. `account`: the names of its account. */
  take(method: string, path: string, about: (text: string) => boolean, account: string[] = []): Fault | undefined {
    const found = this.list.find(
      ({ times, after, match }) =>
        times > 0 &&
        !this.isPending(after) &&
        fits(match, method, path) &&
        (match.account === undefined || account.includes(match.account)) &&
        (match.about === undefined || about(match.about)),
    )
    if (found) found.times--
    return found
  }

  private isPending(id: string | undefined): boolean {
    return id !== undefined && this.list.some((fault) => fault.id === id && fault.times > 0)
  }
}

function fits(match: Fault['match'], method: string, path: string): boolean {
  if (match.method.toUpperCase() !== method) return false
  const [wanted, given] = [match.path.split('/'), path.split('/')]
  return wanted.length === given.length && wanted.every((segment, i) => segment === '*' || segment === given[i])
}

/**
 * Returns a function that tells whether a call is about an object: a text, such as an id, is in the call's key, path or
 * body, or in the stored data of an object in its path.
 */
export const isAbout =
  (journal: Journal, { path, key, body }: { path: string; key: string | null; body: string }) =>
  (text: string): boolean =>
    [key ?? '', path, body].some((part) => part.includes(text)) ||
    path.split('/').some((id) => journal.named(id).some((object) => JSON.stringify(object).includes(text)))
