import { pino, stdTimeFunctions, type Logger, type LoggerOptions } from 'pino'
import { logFields } from './log-context.ts'

export type { Logger }

/**
 * Log lines have ISO 8601 timestamps and level names, the fields of their call or step, and no secrets of webhook
 * endpoints.
 */
export const lineFormat = {
  // Nothing logs them on purpose. A line about a whole object must not contain them either.
  redact: { paths: ['secret', 'secrets'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  timestamp: stdTimeFunctions.isoTime,
  // pino writes into the object that it gets.
  mixin: () => ({ ...logFields() }),
  formatters: { level: (level) => ({ level }) },
} satisfies LoggerOptions

/** Creates the log of a program. Lines contain our ids and codes; no personal data, query strings or bodies. */
export function createLog({ level, format, name }: { level: string; format: 'pretty' | 'json'; name: string }): Logger {
  const pretty = {
    target: 'pino-pretty',
    options: { colorize: process.stdout.isTTY, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' },
  }
  return pino({ level, name, ...lineFormat, ...(format === 'pretty' ? { transport: pretty } : {}) })
}

/** For apps that only generate their OpenAPI document. */
export const silentLog: Logger = pino({ level: 'silent' })
