import { expect } from 'vitest'

/** A list of a gateway that is read by page, in windows of time. */
export interface PagedList {
  path: string
  perPage: number
  /** The most entries that it has. */
  entries: number
  /** What a call of it asks for. */
  pageOf(call: GatewayCall): PageAsked
}

/** A request to a simulator, as it shows it. `input`: parameters at Stripe; `query`: at PayPal. */
export interface GatewayCall {
  method: string
  path: string
  status: number
  input?: { created: { gte: string; lt: string }; starting_after?: string }
  query?: string
}

/** The seconds with which it begins and ends, both included. */
interface Window {
  from: number
  to: number
}

/** `page`: the gateway's cursor. */
interface PageAsked extends Window {
  page: string | null
}

/**
 * Expects of the calls of a list that no page is read twice, also by a process that resumes a window, that each window
 * begins in the second in which the one before ends, and that each has at most one page that is not full.
 */
export function expectEachPageOnce({ pageOf, perPage, entries }: PagedList, calls: GatewayCall[]): void {
  const answered = calls.filter(({ status }) => status === 200).map(pageOf)
  const pages = answered.map((asked) => JSON.stringify(asked))
  expect(pages).toEqual([...new Set(pages)])
  const windows: (Window & { pages: number })[] = []
  for (const { from, to } of answered) {
    const last = windows.at(-1)
    if (last?.from === from && last.to === to) last.pages++
    else windows.push({ from, to, pages: 1 })
  }
  expect(windows.slice(1).map(({ from }) => from)).toEqual(windows.slice(0, -1).map(({ to }) => to))
  expect(answered.length).toBeLessThanOrEqual(entries / perPage + windows.length)
  // Too many entries halve a window, and a window that was read doubles the next one: the lengths bound how often. One
  // more call has a token that has expired.
  const busy = windows.filter(({ pages: count }) => count > 1).map(lengthOf)
  const halvings = Math.log2(lengthOf({ from: windows[0]!.from, to: windows.at(-1)!.to }) / Math.min(...busy))
  expect(calls.length - answered.length).toBeLessThanOrEqual(windows.length + halvings + 1)
}

const lengthOf = ({ from, to }: Window) => to - from
