import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Journal } from './journal.ts'

/** What can be made to go wrong with a call; see docs/simulators.md. */
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

/** How a simulator is told of a fault, and to send events again: late, twice, out of order or forged. */
export const faultOrder = z.object({
  match: z.object({ method: z.string(), path: z.string(), about: z.string().min(1).optional() }),
  times: z.number().int().min(1).default(1),
  fault: z.enum(faultNames),
  delay_ms: z.number().int().min(0).optional(),
  advance_seconds: z.number().int().min(0).optional(),
  code: z.string().optional(),
  /** What the bank recommends beside a decline. */
  advice_code: z.string().optional(),
})
export const webhookOrder = z.object({
  type: z.string().optional(),
  event_id: z.string().optional(),
  times: z.number().int().min(1).default(1),
  delay_ms: z.number().int().min(0).default(0),
  shuffle: z.boolean().default(false),
  forge: z.boolean().default(false),
})
export type WebhookOrder = z.infer<typeof webhookOrder>

export interface Fault {
  /** `about`: a text that only calls about one thing have; see `isAbout`. */
  match: { method: string; path: string; about?: string | undefined }
  times: number
  fault: FaultName
  delay_ms?: number | undefined
  /** How far the simulator's clock is put forward when the call was carried out. */
  advance_seconds?: number | undefined
  code?: string | undefined
  advice_code?: string | undefined
  /** Aborted when the fault is ended. */
  ended?: AbortSignal
}

/** Waits as long as a fault delays its call; a fault that is ended delays no longer. */
export async function delay(fault: Fault | undefined): Promise<void> {
  if (fault?.fault !== 'delay') return
  await sleep(fault.delay_ms ?? 1_000, undefined, fault.ended ? { signal: fault.ended } : {}).catch(() => {})
}

/** Faults in the order in which they were asked for; each is used up after its number of times. */
export class Faults {
  private list: (Fault & { id: string; end: AbortController })[] = []
  private count = 0

  /** Answers its id. */
  add(fault: Fault): string {
    const id = `fault_${++this.count}`
    const end = new AbortController()
    this.list.push({ ...fault, id, end, ended: end.signal })
    return id
  }

  /** Ends one of them, or all, and lets the calls go on that they delay. */
  clear(id?: string): void {
    const stays = (fault: { id: string }) => id !== undefined && fault.id !== id
    for (const { end } of this.list.filter((fault) => !stays(fault))) end.abort()
    this.list = this.list.filter(stays)
  }

  /** Those that did not hit all the calls they were meant for. */
  left(): (Fault & { id: string })[] {
    return this.list.filter(({ times }) => times > 0).map(({ end: _, ended: __, ...fault }) => fault)
  }

  /** Takes the first fault that fits the call. */
  take(method: string, path: string, about: (text: string) => boolean): Fault | undefined {
    const found = this.list.find(
      ({ times, match }) => times > 0 && fits(match, method, path) && (match.about === undefined || about(match.about)),
    )
    if (found) found.times--
    return found
  }
}

function fits(match: Fault['match'], method: string, path: string): boolean {
  if (match.method.toUpperCase() !== method) return false
  const [wanted, given] = [match.path.split('/'), path.split('/')]
  return wanted.length === given.length && wanted.every((segment, i) => segment === '*' || segment === given[i])
}

/**
 * Whether a call is about the thing that a text names, such as an id: the text is in its key, in its body, or in what is
 * known of an object that its path names.
 */
export const isAbout =
  (journal: Journal, { path, key, body }: { path: string; key: string | null; body: string }) =>
  (text: string): boolean =>
    [key ?? '', path, body].some((said) => said.includes(text)) ||
    path.split('/').some((id) => journal.named(id).some((object) => JSON.stringify(object).includes(text)))
