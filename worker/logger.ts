import type { Logger, LogLevel, LogMetadata } from '@temporalio/worker'
import type { Logger as Pino } from 'pino'

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
}
// Fields of Temporal's log lines that are logged: ids, names and codes. Errors can contain more, so only their type is.
const kept = ['workflowId', 'runId', 'workflowType', 'activityType', 'attempt', 'taskQueue', 'step', 'state'] as const

/** Returns a logger for the Temporal SDK that writes to our log, without details of failures. */
export function temporalLogger(log: Pino): Logger {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    const fields = Object.fromEntries(
      kept.filter((name) => meta[name] !== undefined).map((name) => [name, String(meta[name])]),
    )
    const { error } = meta
    log[levels[level]](
      { ...fields, ...(error ? { error: error instanceof Error ? error.name : String(error).slice(0, 200) } : {}) },
      message,
    )
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
