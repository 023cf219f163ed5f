import { escaped } from '../runtime/terminal.ts'
import type { AdminCommand, Rows } from './command.ts'
import { isOptional, shownOf } from './options.ts'

const program = 'npm run admin --'

/** Returns the help of one command: its usage and its options. */
export function usageOf(name: string, { summary, options }: AdminCommand): string {
  const entries = Object.entries(options).map(([option, schema]) => {
    const { value, note } = shownOf(schema as never)
    return { option: `--${option}`, value, note, optional: isOptional(schema as never) }
  })
  const usage = entries.map(({ option, value, optional }) =>
    optional ? `[${option} <${value}>]` : `${option} <${value}>`,
  )
  const width = Math.max(0, ...entries.map(({ option }) => option.length))
  const notes = entries
    .filter(({ note }) => note !== undefined)
    .map(({ option, note }) => `  ${option.padEnd(width)}  ${note}`)
  const parts = [`${summary}\n`, `  ${program} ${[name, ...usage].join(' ')} [--json]`]
  return [...parts, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}

/** Returns the help of all commands, one line each. */
export function overview(commands: Record<string, AdminCommand>): string {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length))
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return [`${program} <command> [--option value …] [--json]`, '', ...lines, '', `${program} <command> --help`].join(
    '\n',
  )
}

/** Returns a value as JSON, with the same escapes: it is the same value. */
export const asJson = (value: unknown): string => escaped(String(JSON.stringify(value)))

const oneLine = (row: object) =>
  Object.entries(row)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? escaped(value) : asJson(value)}`)
    .join('  ')

/** Formats a result for people: one line per field, or per row of a list. */
export function asLines(answer: Record<string, unknown>): string {
  const { rows, nextCursor } = answer as Partial<Rows>
  // Counts of a bulk onboarding are also called rows.
  if (!Array.isArray(rows))
    return (
      Object.entries(answer)
        .map(([key, value]) => `${key}: ${asJson(value)}`)
        .join('\n') || 'nothing'
    )
  const list = rows.length > 0 ? rows.map(oneLine) : ['nothing']
  return [...list, ...(nextCursor ? ['', `next page: --cursor ${nextCursor}`] : [])].join('\n')
}
