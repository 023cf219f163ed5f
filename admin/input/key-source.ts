import type { ReadStream } from 'node:tty'

/** Where keys are read from: a terminal, a file or a pipe. */
export type KeySource = NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>

/**
 * Throws if an argument is or could be a key: other programs on the machine can read arguments, and shells store them.
 * The error does not repeat it. `options`: the names of the options that the command has.
 */
export function refuseKeysIn(args: string[], keyFields: readonly string[], options: string[]): void {
  const named = args.find((arg) => keyFields.includes(nameOf(arg).replaceAll('-', '_')))
  const values = args.filter((_, i) => i > 0 && options.includes(args[i - 1]!.slice(2)))
  const stray = args.some((arg) => !arg.startsWith('--') && !values.includes(arg))
  if (named === undefined && !stray) return
  throw new Error(
    `${named === undefined ? 'arguments' : `--${nameOf(named)}`}: keys are read from standard input only, because ` +
      'other programs can read arguments. If you gave a key here, replace it at the gateway',
  )
}

const nameOf = (arg: string) => (arg.startsWith('--') ? arg.slice(2).split('=')[0]! : '')
