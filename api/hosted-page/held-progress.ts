import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { openAttempt } from '../../domain/onboarding/onboarding.ts'
import { heldOf, type HeldEnv } from '../call/held.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { isLinkPath, type LinkPath, type OpenedLink } from '../setup/opened-link.ts'
import { holdOf, type Hold } from './calls.ts'
import type { HeldCalls, ReadAnswer } from './held-calls.ts'
import { pageProgress } from './page-model.ts'
import { isGone } from './usable-link.ts'

/** Whether a call waits for another version of the progress. With an id that PostgreSQL rejects, looks would fail. */
export const isHeld = (c: Context) =>
  c.req.method === 'GET' &&
  c.req.param('call') === 'progress' &&
  holdOf(c.req.query()) !== undefined &&
  isLinkPath(c.req.param() as unknown as LinkPath)

/** Returns the progress of a link, with the status of its response. */
export async function readProgress(d: ApiDependencies, link: OpenedLink) {
  const progress = await pageProgress(d, link)
  // What the customer must do at the bank is read at the gateway, which may not have returned it.
  const mayAct = link.purpose === 'setup' && !isGone(link)
  const lacksAction = mayAct && openAttempt(link.onboarding)?.state === 'needs_customer'
  return {
    progress,
    version: progress.version,
    isSettled: !lacksAction || progress.action !== undefined,
    status: isGone(link) ? (410 as const) : (200 as const),
  }
}

/**
 * Returns the progress once it differs from the version that the page has; undefined if the time passes first. If the
 * call must wait, it says so in its environment, and returns undefined.
 */
export async function holdProgress<T extends ReadAnswer>(
  calls: HeldCalls,
  c: Context,
  hold: Hold,
  read: () => Promise<T>,
) {
  const { brand_id, org_id, bc_id } = c.req.param() as Record<string, string>
  // Decoded, because one path can be written in many ways.
  const reader = [brand_id, org_id, bc_id, c.req.header('Setup-Token') ?? c.req.query('token')]
  const held = heldOf(c)
  const found = await calls.hold({
    seen: hold.seen,
    left: hold.wait - (Date.now() - (held.heldSince ?? Date.now())),
    hasWaited: held.heldSince !== undefined,
    billingCustomerId: bc_id ?? '',
    reader: createHash('sha256').update(JSON.stringify(reader)).digest('base64url'),
    client: clientOf(held.outgoing),
    read,
  })
  if (found.do === 'answer') return found.answer
  held.wait = found.wait
  return undefined
}

const clientOf = (outgoing: HeldEnv['outgoing']) => ({
  hasLeft: () => outgoing?.destroyed ?? false,
  onLeave(leave: () => void) {
    outgoing?.once('close', leave)
    return () => void outgoing?.off('close', leave)
  },
})
