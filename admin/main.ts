import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { Failure } from '../domain/failures.ts'
import { openDatabase } from '../store/database.ts'
import { commands } from './commands.ts'

const [name = '', ...rest] = process.argv.slice(2)
const command = commands[name]
if (!command) {
  console.log('npm run admin -- <command> [--option value …] [--json]\n')
  for (const [each, { summary, options }] of Object.entries(commands)) {
    const shown = options
      .map((option) => (option.endsWith('?') ? `[--${option.slice(0, -1)} …]` : `--${option} …`))
      .join(' ')
    console.log(`  ${each} ${shown}\n      ${summary}`)
  }
  process.exit(name === '' || name === '--help' ? 0 : 1)
}

try {
  const known = Object.fromEntries(
    command.options.map((option) => [option.replace('?', ''), { type: 'string' as const }]),
  )
  const { values } = parseArgs({ args: rest, options: { ...known, json: { type: 'boolean' } } })
  const { json, ...options } = values
  const config = readConfig(process.env, ['database'])
  const database = openDatabase(config.databaseUrl, { name: 'admin', max: 2 })
  try {
    const answer = await command.run(
      { database, settingDefaults: config.settingDefaults },
      options as Record<string, string>,
    )
    console.log(
      json
        ? JSON.stringify(answer)
        : Object.entries(answer)
            .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
            .join('\n'),
    )
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
