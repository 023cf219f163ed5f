import type { Tenant } from '../reference.ts'
import { isIdOf } from '../text/ids.ts'

export const bulkStatuses = ['receiving', 'checked', 'running', 'paused', 'completed', 'canceled'] as const
export type BulkStatus = (typeof bulkStatuses)[number]

export const rowStates = ['ready', 'invalid', 'duplicate', 'done', 'failed', 'skipped'] as const
export type RowState = (typeof rowStates)[number]

export type PauseReason = 'operator' | 'many_failures'

/** Maximum size of an upload. */
export const mostRows = 100_000
export const mostBytes = 64 * 1024 * 1024

/** Identifies a bulk onboarding and its owner. Histories contain it, so it holds nothing but ids. */
export interface BulkReference extends Tenant {
  bulkId: string
}

/** Rows by state. */
export type RowCounts = Record<RowState, number> & { total: number }

/** Returns the counts of all states. States without rows are absent from `found`. */
export function countRows(found: Partial<Record<RowState, number>>): RowCounts {
  const counts = Object.fromEntries(rowStates.map((state) => [state, found[state] ?? 0])) as Record<RowState, number>
  return { ...counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0) }
}

/** The state of a bulk onboarding for its run. Histories contain it, so it has only codes and numbers. */
export interface BulkState {
  status: BulkStatus
  pausedBecause: PauseReason | null
  counts: RowCounts
  rowsPerSecond: number
  /** The next action of the run: onboard rows, wait for an operator, or end. */
  next: 'rows' | 'wait' | 'nothing'
  /** When the last row is expected to be done, RFC 3339; null unless it is running. */
  endsAt: string | null
}

/** Returns the workflow id of the run of a bulk onboarding. */
export const bulkWorkflowId = ({ environment, organizationId, bulkId }: BulkReference): string =>
  `bulk/${environment}/${organizationId}/${bulkId}`

/** Inverse of `bulkWorkflowId`. Returns undefined for the id of another kind of workflow. */
export const bulkOf = (workflowId: string): string | undefined =>
  /^bulk\/[a-z]+\/[^/]+\/(bulk_\w+)$/.exec(workflowId)?.[1]

/** Returns why the input of a run is invalid, as `field: rule`; undefined if it is valid. */
export function whyNotBulkReference(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return 'input: must be an object with environment, organizationId and bulkId'
  const { environment, organizationId, bulkId } = input as Partial<Record<keyof BulkReference, unknown>>
  if (environment !== 'live' && environment !== 'sandbox') return 'environment: must be live or sandbox'
  if (typeof organizationId !== 'string' || !isIdOf('organization', organizationId))
    return 'organizationId: must be an id such as org_…'
  if (typeof bulkId !== 'string' || !isIdOf('bulkOnboarding', bulkId)) return 'bulkId: must be an id such as bulk_…'
  return undefined
}

/** Returns the progress for operators, such as `12,400 of 100,000 done · 37 failed · 20 rows/s`. */
export function progressText({ counts, rowsPerSecond, status, pausedBecause, endsAt }: BulkState): string {
  const shown = (count: number) => count.toLocaleString('en-US')
  const parts = [`${shown(counts.done)} of ${shown(counts.total)} done`]
  for (const state of ['failed', 'skipped', 'invalid', 'duplicate'] as const)
    if (counts[state] > 0) parts.push(`${shown(counts[state])} ${state}`)
  if (status === 'running') parts.push(`${rowsPerSecond} rows/s`)
  if (endsAt) parts.push(`ends about ${endsAt.slice(0, 16).replace('T', ' ')} UTC`)
  if (pausedBecause) parts.push(`paused: ${pausedBecause}`)
  return parts.join(' · ')
}
