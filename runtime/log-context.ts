import { AsyncLocalStorage } from 'node:async_hooks'

/** Fields of every log line that is written during one call or step: ids of ours, never personal data. */
export interface LogFields {
  request_id?: string
  trace_id?: string
  organization?: string
  environment?: string
  customer?: string
  billing_customer?: string
  onboarding?: string
  charge?: string
  bulk?: string
  workflow?: string
}

const storage = new AsyncLocalStorage<LogFields>()

/** Runs `work`, during which every log line has these fields, beside those of the work around it. */
export const withLogFields = <T>(fields: LogFields, work: () => T): T =>
  storage.run({ ...storage.getStore(), ...fields }, work)

/** Adds fields to the log lines of the rest of this call or step. */
export function addLogFields(fields: LogFields): void {
  Object.assign(storage.getStore() ?? {}, fields)
}

/** Returns the fields of the current call or step. */
export const logFields = (): LogFields => storage.getStore() ?? {}
