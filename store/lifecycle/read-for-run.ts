import type { BlockedOn } from '../../domain/lifecycle.ts'
import { isShortWorkflowId } from '../../domain/onboarding/run.ts'
import { nextStep, type RunStep } from '../../domain/onboarding/next-step.ts'
import { openAttempt, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import { paymentTimeLimit, type WaitsFor } from '../../domain/onboarding/waits.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { hasUnusedForms } from '../payments/form-sessions.ts'
import { underLock } from '../database/lock.ts'
import { readFacts } from '../onboardings/facts.ts'
import { makeRunDue, nextReadIn } from '../onboardings/wake.ts'
import { reportTaskUnderLock } from '../onboardings/operator-tasks.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { timeUntilSendsExpire } from '../payments/attempts.ts'

export interface RecordForRun {
  next: RunStep
  facts: OnboardingFacts
  /** How long the run can sleep unless it is signaled, in milliseconds. */
  wait: number
  /** Whether it completed and has unused card forms. */
  unusedForms?: boolean
}

/** A wait of the run that is visible to people. */
export type VisibleWait = WaitsFor & {
  /** Milliseconds until the automatic retry. */
  retryIn: number
}

/**
 * Reads the record for the run: writes a due reminder or expiry, stores what the run waits for and when it must read
 * again, and returns the next step. Safe to repeat: each change is conditional on the state that it changes. Returns
 * undefined if the onboarding does not exist, or is live and `workflowId`, that of the run, is no longer the id of its
 * run.
 */
export async function readForRun(
  database: Database,
  reference: OnboardingReference,
  settings: Settings,
  waiting: VisibleWait | null,
  workflowId?: string,
): Promise<RecordForRun | undefined> {
  const isShort = workflowId === undefined ? undefined : isShortWorkflowId(workflowId)
  return underLock(database, reference.billingCustomerId, (sql) =>
    readForRunUnderLock(sql, reference.onboardingId, settings, waiting, isShort),
  )
}

export async function readForRunUnderLock(
  sql: Transaction,
  onboardingId: string,
  settings: Settings,
  waiting: VisibleWait | null,
  isShort?: boolean,
): Promise<RecordForRun | undefined> {
  for (;;) {
    const facts = await readFacts(sql, onboardingId)
    if (!facts) return undefined
    if (isOfOtherRun(facts, isShort)) return giveWay(sql, onboardingId)
    const next = nextStep(facts, settings, new Date())
    if (next.do === 'remind') await remind(sql, facts, next.number)
    else if (next.do === 'expire') await expire(sql, facts)
    else return settle(sql, facts, next, waiting)
  }
}

/** Returns whether an onboarding has a run with the other workflow id than the one that reads. */
const isOfOtherRun = ({ endedAt, hasShortWorkflowId }: OnboardingFacts, isShort: boolean | undefined): boolean =>
  endedAt === null && isShort !== undefined && isShort !== hasShortWorkflowId

/** Whatever the reading run was woken for, the right one does. */
async function giveWay(sql: Sql, onboardingId: string): Promise<undefined> {
  await makeRunDue(sql, onboardingId)
}

async function remind(sql: Transaction, facts: OnboardingFacts, number: number): Promise<void> {
  await sql`update onboardings set reminders_sent = ${number} where id = ${facts.onboardingId}`
  await insertEvent(sql, facts, { type: 'billing_customer.setup_reminder', data: { number } })
}

async function expire(sql: Sql, { onboardingId }: OnboardingFacts): Promise<void> {
  await sql`
    update onboardings set closing = 'expired', closing_by = 'system', closing_why = 'the setup link expired'
    where id = ${onboardingId} and ended_at is null and closing is null`
}

async function settle(
  sql: Transaction,
  facts: OnboardingFacts,
  next: RunStep,
  waiting: VisibleWait | null,
): Promise<RecordForRun> {
  if (next.do === 'nothing') {
    const unusedForms = facts.result === 'completed' && (await hasUnusedForms(sql, facts.onboardingId))
    return { next, facts, wait: 0, unusedForms }
  }
  const byItself = next.do === 'wait_for_customer' ? Math.max(0, next.until.getTime() - Date.now()) : paymentTimeLimit
  const retryIn = waiting && (await retryOf(sql, facts, next, waiting))
  const wait = retryIn ?? byItself
  const blockedOn = waiting?.on ?? blockedWithoutWait(facts, next)
  const nextRetryAt = retryIn && waiting.on !== 'customer' ? new Date(Date.now() + retryIn) : null
  const reason = waiting?.on === 'operator' ? waiting.reason : null
  await sql`
    update onboardings
    set blocked_on = ${blockedOn}, next_retry_at = ${nextRetryAt}, ${nextReadIn(sql, wait)},
      blocked_reason = case when ${!waiting && blockedOn === 'operator'} then blocked_reason else ${reason} end
    where id = ${facts.onboardingId}`
  if (waiting?.on === 'operator') await reportTaskUnderLock(sql, facts, waiting.reason)
  return { next, facts: { ...facts, blockedOn, nextRetryAt }, wait }
}

/**
 * Returns the retry delay in milliseconds. A closing onboarding may only have to wait until calls in progress can
 * no longer take effect.
 */
async function retryOf(
  sql: Sql,
  { onboardingId }: OnboardingFacts,
  next: RunStep,
  { on, retryIn }: VisibleWait,
): Promise<number> {
  if (next.do !== 'close' || on !== 'gateway') return retryIn
  const arriving = await timeUntilSendsExpire(sql, onboardingId)
  return arriving === undefined ? retryIn : Math.min(retryIn, arriving + 1_000)
}

/**
 * Returns what blocks a run that is not waiting. During a retry the previous value stays, so that an onboarding that
 * needs an operator does not look healthy for a moment. It is cleared when the step is done.
 */
function blockedWithoutWait(facts: OnboardingFacts, next: RunStep): BlockedOn | null {
  if (next.do === 'wait_for_customer') return 'customer'
  if (next.do === 'wait_for_bank') return openAttempt(facts)?.state === 'processing' ? 'gateway' : 'customer'
  return facts.blockedOn === 'customer' ? null : facts.blockedOn
}
