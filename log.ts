import { pino, type Logger } from 'pino'

export type { Logger }

/** The log of one program. Lines hold our ids and codes; no personal data, no query strings, no bodies. */
export function createLog({ level, format, name }: { level: string; format: 'pretty' | 'json'; name: string }): Logger {
  const pretty = {
    target: 'pino-pretty',
    options: { colorize: process.stdout.isTTY, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' },
  }
  return pino({ level, name, ...(format === 'pretty' ? { transport: pretty } : {}) })
}
