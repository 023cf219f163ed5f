import { pino, stdTimeFunctions, type Logger, type LoggerOptions } from 'pino'

export type { Logger }

/** Lines with ISO 8601 times and the names of levels. */
export const lineFormat = {
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (level) => ({ level }) },
} satisfies LoggerOptions

/** The log of one program. Lines hold our ids and codes; no personal data, no query strings, no bodies. */
export function createLog({ level, format, name }: { level: string; format: 'pretty' | 'json'; name: string }): Logger {
  const pretty = {
    target: 'pino-pretty',
    options: { colorize: process.stdout.isTTY, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' },
  }
  return pino({ level, name, ...lineFormat, ...(format === 'pretty' ? { transport: pretty } : {}) })
}

/** For apps that only describe themselves. */
export const silentLog: Logger = pino({ level: 'silent' })
