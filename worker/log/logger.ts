import type { Logger, LogLevel, LogMetadata } from '@temporalio/worker'
import type { Logger as Pino } from 'pino'
import { chargeOf, contactOf } from '../../domain/onboarding/run.ts'
import type { LogFields } from '../../runtime/log-context.ts'
import { failedTask, readFailure, type NamedRun } from './failed-tasks.ts'

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
}

/** Fields of Temporal's log lines that are logged, ids, names and codes only, and how they are named in our log. */
const kept: Record<string, string> = {
  workflowId: 'workflow',
  runId: 'run',
  workflowType: 'workflow_type',
  activityType: 'activity_type',
  attempt: 'attempt',
  taskQueue: 'task_queue',
  step: 'step',
  state: 'state',
  gateway: 'gateway',
  account: 'account',
  code: 'code',
  ...(Object.fromEntries(
    ['organization', 'environment', 'customer', 'billing_customer', 'onboarding', 'charge', 'bulk'].map((name) => [
      name,
      name,
    ]),
  ) as { [Name in keyof LogFields]?: string }),
}

/** Returns what a workflow id names. */
function idsOf(workflowId: unknown): LogFields {
  if (typeof workflowId !== 'string') return {}
  const charge = chargeOf(workflowId)
  const contact = contactOf(workflowId)
  if (!contact) return charge ? { charge } : {}
  const { environment, organizationId: organization, customerId: customer } = contact
  return { ...(environment && organization ? { environment, organization } : {}), customer }
}

/**
 * Returns a logger for the Temporal SDK that writes to our log, without details of failures: errors can contain more
 * than ids and codes, so only their type is logged. `findRun` returns the workflow of a run.
 */
export function temporalLogger(log: Pino, findRun: (runId: string) => Promise<NamedRun | undefined>): Logger {
  const failed = failedTask(log, findRun, idsOf)
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    const failure = readFailure(meta)
    if (failure) return failed(failure)
    const fields = Object.fromEntries(
      Object.entries(kept).flatMap(([name, ours]) => (meta[name] === undefined ? [] : [[ours, String(meta[name])]])),
    )
    const { error } = meta
    const type = error instanceof Error ? error.name : String(error).slice(0, 200)
    log[levels[level]]({ ...idsOf(meta['workflowId']), ...fields, ...(error ? { error: type } : {}) }, message)
  }
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  }
}
