import { parseOnce } from '../runtime/arguments.ts'
import { readConfig, type Config } from '../runtime/config.ts'
import { escapedLines } from '../runtime/terminal.ts'
import type { Gateways } from '../gateways/gateways.ts'
import { Failure } from '../domain/failure/failures.ts'
import { own } from '../domain/text/own.ts'
import { openDatabase, type Database } from '../store/database/database.ts'
import { requireDatabase } from '../store/schema/usable-database.ts'
import type { AdminCommand } from './command.ts'
import { commands } from './commands.ts'
import { refuseKeysIn } from './input/key-source.ts'
import { asJson, asLines, overview, usageOf } from './usage.ts'

/** What a program that runs commands provides. */
export interface AdminProgram {
  /** The error if DATABASE_URL is not set. */
  noDatabase: string
  /** Opens the gateways of a configuration. Nothing is sent to them before a command calls them. */
  openGateways(config: Config, database: Database): Gateways
}

/**
 * Runs the command in `args` and prints its result, or prints the help. An error is printed to stderr in one line, with
 * exit code 1.
 */
export async function runAdmin([name = '', ...rest]: string[], program: AdminProgram): Promise<void> {
  const command = own(commands, name)
  const asksForHelp = rest.includes('--help') || rest.includes('-h')
  if (command && asksForHelp) return console.log(usageOf(name, command))
  if (['', 'help', '--help', '-h'].includes(name)) return console.log(overview(commands))
  try {
    if (!command) throw new Error(`Unknown command ${JSON.stringify(name)}. npm run admin -- help lists all commands.`)
    const { json, options } = readOptions(command, rest)
    if (!process.env.DATABASE_URL && !process.env.DATABASE_URL_FILE) throw new Error(program.noDatabase)
    const answer = await runOnDatabase(command, options, program)
    console.log(json ? asJson(answer) : asLines(answer))
  } catch (error) {
    console.error(escapedLines(messageOf(error)))
    process.exitCode = 1
  }
}

function readOptions(command: AdminCommand, args: string[]): { json: boolean; options: Record<string, string> } {
  if (command.keyFields) refuseKeysIn(args, command.keyFields, Object.keys(command.options))
  const known = Object.fromEntries(Object.keys(command.options).map((name) => [name, { type: 'string' as const }]))
  const { argument } = command
  const { values, positionals } = parseOnce({
    args,
    options: { ...known, json: { type: 'boolean' } },
    allowPositionals: argument !== undefined,
  })
  const { json, ...options } = values
  const [first, ...more] = positionals
  if (more.length > 0) throw new Error(`${more[0]}: is not an option`)
  if (argument && first !== undefined && Object.hasOwn(options, argument))
    throw new Error(`--${argument}: must not be specified more than once`)
  if (argument && first !== undefined) (options as Record<string, string>)[argument] = first
  return { json: json === true, options: options as Record<string, string> }
}

async function runOnDatabase(
  command: AdminCommand,
  options: Record<string, string>,
  { openGateways }: AdminProgram,
): Promise<Record<string, unknown>> {
  const config = readConfig(process.env, ['database'])
  const { databaseUrl, settingDefaults, webhooks, gatewayKeys, publicUrl, temporalUiUrl: url, temporal } = config
  const temporalUi = url === undefined ? undefined : { url, namespace: temporal.namespace }
  await requireDatabase(databaseUrl, config)
  const database = openDatabase(databaseUrl, { name: 'admin', max: 2 })
  try {
    const gateways = openGateways(config, database)
    const keys = { webhookKeys: webhooks.secretKeys, gatewayKeys, input: process.stdin }
    return await command.run({ database, settingDefaults, ...keys, gateways, publicUrl, temporalUi }, options)
  } finally {
    await database.end({ timeout: 5 })
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Failure && error.param) return `${error.param}: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}
