import type { Actor, Author } from '../../domain/events/author.ts'
import { conflict, Failure } from '../../domain/failure/failures.ts'
import type { PageChanges } from '../../domain/hosted-page.ts'
import type { OnboardingKind } from '../../domain/lifecycle.ts'
import { mostLinkVersions } from '../../domain/onboarding/onboarding.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertEvent, type NewEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { checkPrice, wantPrice } from './price.ts'
import { beingEnded, changePage } from './update-page.ts'
import { offerRefusedGateway } from '../onboardings/refused-gateways.ts'
import { makeRunDue } from '../onboardings/wake.ts'

/** A command of an operator or a caller for a live onboarding. Times are in seconds. */
export type Command =
  | { name: 'cancel'; reason: string }
  | { name: 'extend'; seconds: number }
  | { name: 'replaceLink'; seconds?: number }
  | { name: 'retryNow' }
  | { name: 'waiveInitialCharge'; reason: string }
  /** Minor units of the onboarding's currency. */
  | { name: 'changeInitialAmount'; amount: number; reason: string }

type CommandSettings = Pick<Settings, 'linkLife' | 'initialAmount' | 'minimumInitialAmount'>

export interface CommandContext extends Author {
  /** Identifies the command: repeating it, by a reset run or a repeated call, changes nothing. */
  updateId?: string | undefined
  /** Page options that the same call changes. Not in the command: a workflow's history has its commands. */
  page?: PageChanges | undefined
}

/**
 * Applies a command to the record, with its event, and makes the run due. It works while Temporal is unavailable.
 * Returns `ended` if the onboarding has ended. Throws `conflict` if it is closing, if the price can no longer change,
 * or at the maximum number of links; `invalid_request` for an amount that cannot be charged.
 */
export async function applyCommand(
  database: Database,
  reference: OnboardingReference,
  context: CommandContext,
  command: Command,
  settings: CommandSettings,
): Promise<'done' | 'ended'> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const [row] = await sql<{ closing: string | null; ended: boolean; kind: OnboardingKind; stands: boolean }[]>`
      -- A replacement can no longer be canceled once the method was swapped.
      select kind, closing, standing_charge_id is not null as stands,
        ended_at is not null or (swapped_at is not null and ${command.name === 'cancel'}) as ended
      from onboardings where id = ${reference.onboardingId}`
    if (!row || row.ended) return 'ended'
    if (row.kind === 'replacement' && isAboutPrice(command))
      throw conflict('nothing_to_charge', 'id', 'a replacement charges nothing')
    if (row.stands && isAboutPrice(command))
      throw conflict('nothing_to_charge', 'id', 'the initial charge from before the billing customer was closed stands')
    if (!(await noteCommand(sql, reference, context, command))) return 'done'
    if (row.closing && command.name !== 'cancel' && command.name !== 'retryNow') throw beingEnded()
    await carryOut(sql, reference, context.actor, command, settings)
    if (context.page) await changePage(sql, reference, context.page, authorOf(context))
    await makeRunDue(sql, reference.onboardingId)
    return 'done'
  })
}

/** Returns whether a command with this id was applied to any onboarding of a billing customer. */
export async function wasApplied(sql: Sql, billingCustomerId: string, updateId: string): Promise<boolean> {
  const rows = await sql`
    select 1 from onboardings o join events e on e.onboarding_id = o.id and e.update_id = ${updateId}
    where o.billing_customer_id = ${billingCustomerId}`
  return rows.length > 0
}

const isAboutPrice = ({ name }: Command) => name === 'waiveInitialCharge' || name === 'changeInitialAmount'
const authorOf = ({ updateId: _id, page: _page, ...author }: CommandContext): Author => author

/** Returns the event that records a command. */
function eventOf(command: Command): NewEvent {
  switch (command.name) {
    case 'cancel':
      return { type: 'onboarding.canceling', data: { reason: command.reason } }
    case 'extend':
      return { type: 'billing_customer.setup_link_extended', data: { seconds: command.seconds } }
    case 'replaceLink':
      return { type: 'billing_customer.setup_link_replaced', data: { seconds: command.seconds } }
    case 'retryNow':
      return { type: 'onboarding.retried' }
    case 'waiveInitialCharge':
      return { type: 'onboarding.initial_charge_waived', data: { reason: command.reason } }
    case 'changeInitialAmount':
      return {
        type: 'onboarding.initial_amount_changed',
        data: { amount: command.amount, reason: command.reason },
      }
  }
}

async function noteCommand(
  sql: Transaction,
  reference: OnboardingReference,
  context: CommandContext,
  command: Command,
): Promise<boolean> {
  return insertEvent(sql, reference, {
    ...eventOf(command),
    ...authorOf(context),
    ...(context.updateId === undefined ? {} : { updateId: context.updateId }),
  })
}

async function carryOut(
  sql: Sql,
  { onboardingId }: OnboardingReference,
  actor: Actor,
  command: Command,
  settings: CommandSettings,
): Promise<void> {
  switch (command.name) {
    case 'cancel':
      await sql`
        update onboardings set closing = 'canceled', closing_by = ${actor}, closing_why = ${command.reason}
        where id = ${onboardingId} and (closing is null or closing = 'expired')`
      return
    case 'extend':
      await sql`
        update onboardings set expires_at = now() + ${command.seconds} * interval '1 second',
          link_given_at = coalesce(link_given_at, now())
        where id = ${onboardingId}`
      return
    case 'replaceLink':
      return replaceLink(sql, onboardingId, command.seconds ?? settings.linkLife)
    case 'waiveInitialCharge':
      return wantPrice(sql, onboardingId, 0)
    case 'changeInitialAmount':
      await checkPrice(sql, onboardingId, command.amount, settings)
      return wantPrice(sql, onboardingId, command.amount)
    case 'retryNow':
      return offerRefusedGateway(sql, onboardingId) // and the caller signals the run
  }
}

/** Creates the next version of the setup link, valid for `seconds`. Throws `conflict` after the last version. */
async function replaceLink(sql: Sql, onboardingId: string, seconds: number): Promise<void> {
  const replaced = await sql`
    update onboardings
    set link_version = link_version + 1, link_given_at = now(), reminders_sent = 0,
      expires_at = now() + ${seconds} * interval '1 second'
    where id = ${onboardingId} and link_version < ${mostLinkVersions}
    returning 1`
  if (replaced.length > 0) return
  const text = `This onboarding has had ${mostLinkVersions} setup links, the most allowed. Cancel it and open another.`
  throw new Failure('conflict', text, { conflict: 'limit_reached' })
}
