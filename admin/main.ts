import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { Failure } from '../domain/failures.ts'
import { own } from '../domain/own.ts'
import { openDatabase } from '../store/database.ts'
import { requireDatabase } from '../store/usable-database.ts'
import { commands } from './commands.ts'

const [name = '', ...rest] = process.argv.slice(2)
const command = own(commands, name)
const helpWanted = ['', 'help', '--help', '-h'].includes(name) || rest.includes('--help')
if (!command || helpWanted) {
  console.log('npm run admin -- <command> [--option value …] [--json]\n')
  const wanted = command ? { [name]: command } : commands
  for (const [each, { summary, options }] of Object.entries(wanted)) {
    const shown = options
      .map((option) => (option.endsWith('?') ? `[--${option.slice(0, -1)} …]` : `--${option} …`))
      .join(' ')
    console.log(`  ${each} ${shown}\n      ${summary}`)
  }
  if (!helpWanted) console.error(`\nthere is no command ${name}`)
  process.exit(helpWanted ? 0 : 1)
}

try {
  const known = Object.fromEntries(
    command.options.map((option) => [option.replace('?', ''), { type: 'string' as const }]),
  )
  const { values } = parseArgs({ args: rest, options: { ...known, json: { type: 'boolean' } } })
  const { json, ...options } = values
  const config = readConfig(process.env, ['database'])
  await requireDatabase(config.databaseUrl, config)
  const database = openDatabase(config.databaseUrl, { name: 'admin', max: 2 })
  try {
    const answer = await command.run(
      { database, settingDefaults: config.settingDefaults },
      options as Record<string, string>,
    )
    const lines = Object.entries(answer).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    console.log(json ? JSON.stringify(answer) : lines.join('\n') || 'nothing')
  } finally {
    await database.end({ timeout: 5 })
  }
} catch (error) {
  const text =
    error instanceof Failure && error.param
      ? `${error.param}: ${error.message}`
      : error instanceof Error
        ? error.message
        : String(error)
  console.error(text)
  process.exitCode = 1
}
