import { parseArgs, type ParseArgsConfig } from 'node:util'
import { escaped } from './terminal.ts'

/**
 * `parseArgs` that also rejects an option that is given twice: of two values, one would be ignored without a word.
 * Switches, such as `--json`, can be repeated. Throws an Error that begins with the option.
 */
export function parseOnce<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  const { tokens = [] } = parseArgs({ ...config, tokens: true })
  const withValue = tokens.flatMap((token) => (token.kind === 'option' && token.value !== undefined ? token.name : []))
  const twice = withValue.find((name, i) => withValue.indexOf(name) < i)
  if (twice !== undefined) throw new Error(`--${twice}: must not be specified more than once`)
  return parseArgs(config)
}

/**
 * Parses the arguments of a program. `--help` prints the usage and exits with 0. An invalid argument prints an error
 * and the usage, and exits with 2. Call it first.
 */
export function readArguments<Config extends ParseArgsConfig>(usage: string, config: Config) {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    return parseOnce({ ...config, args })
  } catch (error) {
    return refuseArguments(usage, (error as Error).message)
  }
}

/** Prints an error and the usage, and exits with 2. */
export function refuseArguments(usage: string, message: string): never {
  console.error(`${escaped(message)}\n\n${usage}`)
  process.exit(2)
}

/** Parses a whole number of at least `least`, or exits as `readArguments` does. */
export function wholeNumber(usage: string, name: string, value: string, least = 0): number {
  const number = Number(value)
  if (/^\d{1,15}$/.test(value) && number >= least) return number
  return refuseArguments(usage, `${name} must be a whole number of at least ${least}`)
}
