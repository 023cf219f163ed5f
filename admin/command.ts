import { z } from 'zod'
import { Failure } from '../domain/failure/failures.ts'
import { validationMessage } from '../domain/text/validation-message.ts'
import type { Settings } from '../domain/tenant/settings.ts'
import type { Gateways } from '../gateways/gateways.ts'
import type { Database } from '../store/database/database.ts'
import type { KeySource } from './input/key-source.ts'
import { checkedTexts } from './texts.ts'

export interface AdminContext {
  database: Database
  settingDefaults: Settings
  /** WEBHOOK_SECRET_KEYS, the first of which encrypts. Only the command that encrypts again needs them. */
  webhookKeys?: readonly string[]
  /** GATEWAY_KEYS, the first of which encrypts. Only commands for gateway accounts need them. */
  gatewayKeys?: readonly string[]
  /** The gateways. Only commands for domains, imports and gateway accounts call them. */
  gateways?: Pick<Gateways, 'of' | 'current' | 'listOfInstallation' | 'withKeys'>
  /** PUBLIC_URL. */
  publicUrl?: string
  /** TEMPORAL_UI_URL and TEMPORAL_NAMESPACE, if the first is set. */
  temporalUi?: { url: string; namespace: string } | undefined
  /** Standard input, for the commands that read keys. */
  input?: KeySource
}

/** Rows of a list, newest first. `nextCursor` is the `--cursor` of the next page; null on the last page. */
export interface Rows {
  rows: Record<string, unknown>[]
  nextCursor: string | null
}

export interface AdminCommand {
  summary: string
  /** The schema of each option, in the order of the help. */
  options: z.ZodRawShape
  /** The option that can also be the first argument, without its name. */
  argument?: string
  /** The fields that are read from standard input. They are refused as arguments. */
  keyFields?: readonly string[]
  /** Runs the command with the options of the command line. Throws a Failure whose `param` is an option. */
  run(context: AdminContext, options: Record<string, string>): Promise<Record<string, unknown>>
}

/** Creates a command that validates its options before it runs: an invalid one changes nothing. */
export function command<Shape extends z.ZodRawShape>(
  summary: string,
  options: Shape,
  run: (context: AdminContext, input: z.output<z.ZodObject<Shape>>) => Promise<object>,
): AdminCommand {
  return {
    summary,
    options,
    run: async (context, given) => {
      const input = read(given, options)
      return { ...(await run(context, input).catch((error: unknown) => throwNamingOption(error, options))) }
    },
  }
}

/** The store names fields as the API does. */
function throwNamingOption(error: unknown, options: z.ZodRawShape): never {
  const name = error instanceof Failure ? error.param?.replaceAll('_', '-') : undefined
  throw name !== undefined && Object.hasOwn(options, name) ? (error as Failure).with({ param: `--${name}` }) : error
}

/** Parses a command's options. Throws a Failure for the first invalid one. */
function read<Shape extends z.ZodRawShape>(
  options: Record<string, string>,
  shape: Shape,
): z.output<z.ZodObject<Shape>> {
  const parsed = z.strictObject(shape).safeParse(checkedTexts(options), { error: validationMessage })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Failure('invalid_request', issue!.message, { param: `--${String(issue!.path[0])}` })
}
