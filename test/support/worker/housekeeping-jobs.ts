import {
  attemptColumns,
  eventColumns,
  gatewayEventColumns,
  idSql,
  insertOldCustomers,
  insertRows,
} from '../../store/retention/retention-rows.ts'
import type { Database } from '../../../store/database/database.ts'

/** A row that one job of housekeeping deletes or changes. The values are SQL. */
export interface Job {
  table: string
  columns: Record<string, string>
  /** Condition on the row while the job has not been done. */
  left: string
}

const organization = 'org_old'
const tenant = { organization_id: `'${organization}'`, environment: `'sandbox'` }
const longAgo = `now() - interval '400 days'`
const ofEndpoint = { endpoint_id: `'we_old'` }

/** By what is deleted, after the days of a setting. */
export const dailyJobs: Record<string, Job> = {
  'old gateway events': {
    table: 'gateway_events',
    columns: gatewayEventColumns('91 days', 'old'),
    left: `id = 'old_1'`,
  },
  'old events': {
    table: 'events',
    columns: { ...eventColumns(organization, undefined, 0), created_at: longAgo },
    left: `organization_id = '${organization}' and type = 'brand.created'`,
  },
  'old requests to webhook endpoints': {
    table: 'webhook_tries',
    columns: { ...ofEndpoint, event_id: `'evt_old'`, number: '1', took: '1', tried_at: longAgo },
    left: `event_id = 'evt_old'`,
  },
  'old attempts': { table: 'payment_attempts', columns: attemptColumns(), left: 'number = 1' },
}

/** By what is deleted or changed. */
export const jobsOfMinutes: Record<string, Job> = {
  'addresses of old attempts': {
    table: 'payment_attempts',
    columns: { ...attemptColumns('2'), state: `'paid'`, address_hash: `'hash'` },
    left: 'number = 2 and address_hash is not null',
  },
  'records of reached limits': {
    table: 'guard_trips',
    columns: { environment: `'sandbox'`, subject: `'onb/1'`, guard_limit: `'link'`, told_at: longAgo },
    left: `subject = 'onb/1'`,
  },
  'places in queues': {
    table: 'admission_queue',
    columns: {
      ...{ ...tenant, billing_customer_id: idSql('bc'), opens_form: 'false', source: `'x'`, is_known: 'false' },
      asked_at: longAgo,
    },
    left: 'true',
  },
  'idempotency keys': {
    table: 'idempotency_keys',
    columns: {
      ...{ ...tenant, door: `'native'`, key: `'old'`, request_hash: `'x'`, reserved_id: 'gen_random_uuid()' },
      ...{ leased_until: longAgo, created_at: longAgo },
    },
    left: `key = 'old'`,
  },
  'counts of calls': {
    table: 'rate_limits',
    columns: { key: `'old'`, points: '1', expire: '1' },
    left: `key = 'old'`,
  },
  'removals of saved methods': {
    table: 'method_removals',
    columns: {
      ...{ environment: `'sandbox'`, gateway: `'stripe'`, account_id: `'ga_stripe_sandbox'`, method_id: `'pm_gone'` },
      ...{ onboarding_id: idSql('onb'), tried_at: longAgo },
    },
    left: `state = 'removing'`,
  },
  'bulk onboardings': {
    table: 'bulk_onboardings',
    columns: {
      ...{ ...tenant, id: `'bulk_old'`, status: `'checked'`, on_invalid: `'stop'`, options: `'{}'`, created_by: `'x'` },
      ...{ rows_per_second: '1', starts_per_second: '1', may_enroll: 'true', created_at: longAgo },
    },
    left: `id = 'bulk_old'`,
  },
  'old deliveries': {
    table: 'webhook_deliveries',
    columns: { ...ofEndpoint, event_id: `'evt_old'`, happened_at: longAgo, state: `'delivered'` },
    left: `event_id = 'evt_old'`,
  },
  'deliveries of deleted endpoints': {
    table: 'webhook_deliveries',
    columns: { endpoint_id: `'we_deleted'`, event_id: `'evt_left'`, happened_at: 'now()' },
    left: `state = 'pending'`,
  },
  'webhook secrets of endpoints': {
    table: 'webhook_secrets',
    columns: { ...ofEndpoint, number: '1', sealed: `'x'`, ends_at: longAgo },
    left: 'true',
  },
  'idle pull endpoints': {
    table: 'webhook_endpoints',
    columns: { ...tenant, id: `'we_idle'`, kind: `'pull'`, idle_timeout: '60', created_at: longAgo },
    left: `id = 'we_idle' and deleted_at is null`,
  },
  'webhook secrets of gateway accounts': {
    table: 'gateway_secrets',
    columns: { account_id: `'ga_old'`, name: `'webhook_secret'`, number: '1', sealed: `'x'`, ends_at: longAgo },
    left: 'true',
  },
  traces: {
    table: 'traces',
    columns: { subject_id: `'onb_old'`, traceparent: `'x'`, noted_at: longAgo },
    left: 'true',
  },
}

/** Inserts what the rows of the jobs belong to: an organization that limits how long it keeps everything. */
export async function insertOwnersOfJobs(sql: Database): Promise<void> {
  const url = `'https://receiver.example'`
  await insertRows(sql, 'organizations', [1, 1], { id: `'${organization}'`, name: `'Old'` })
  for (const name of ['event_retention_days', 'webhook_try_retention_days', 'payment_attempt_retention_days'])
    await insertRows(sql, 'settings', [1, 1], { ...tenant, name: `'${name}'`, value: `'90'` })
  await insertOldCustomers(sql, { organization, numbers: [1, 1] })
  await insertRows(sql, 'webhook_endpoints', [1, 1], { ...tenant, id: `'we_old'`, url })
  await insertRows(sql, 'webhook_endpoints', [1, 1], { ...tenant, id: `'we_deleted'`, url, deleted_at: longAgo })
  await insertRows(sql, 'webhook_health', [1, 1], { endpoint_id: `'we_idle'` })
}

/** Inserts the row of a job. */
export const addJob = (sql: Database, { table, columns }: Job) => insertRows(sql, table, [1, 1], columns)

/** Whether a job has not been done to its row. */
export async function isLeft(sql: Database, { table, left }: Job): Promise<boolean> {
  return (await sql.unsafe(`select from ${table} where ${left}`)).length > 0
}
