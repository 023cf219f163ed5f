import { z } from 'zod'
import { Failure } from '../domain/failures.ts'
import { inputWords } from '../domain/input-words.ts'
import type { Settings } from '../domain/settings.ts'
import type { Database } from '../store/database.ts'
import { checkedTexts } from './texts.ts'

export interface AdminContext {
  database: Database
  settingDefaults: Settings
}

export interface AdminCommand {
  summary: string
  /** Option names, in the order in which the help shows them; a trailing `?` marks one that may be left out. */
  options: string[]
  run(context: AdminContext, options: Record<string, string>): Promise<Record<string, unknown>>
}

export const text = z.string().min(1).max(255)
export const count = z.coerce.number().int().min(0)

/** Reads a command's options. Throws a Failure that names the first one that is wrong. */
export function read<Shape extends z.ZodRawShape>(
  options: Record<string, string>,
  shape: Shape,
): z.output<z.ZodObject<Shape>> {
  const parsed = z.strictObject(shape).safeParse(checkedTexts(options), { error: inputWords })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Failure('invalid_request', issue!.message, { param: `--${String(issue!.path[0])}` })
}
