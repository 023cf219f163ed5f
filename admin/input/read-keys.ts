import { Writable } from 'node:stream'
import { createInterface } from 'node:readline/promises'
import { text as readAll } from 'node:stream/consumers'
import { invalid } from '../../domain/failure/failures.ts'
import type { KeySource } from './key-source.ts'

const mostCharacters = 10_000

/**
 * Reads keys from standard input, as lines such as `secret_key=…`; on a terminal, asks for each field without showing
 * what is typed. Empty values are left out. Throws `invalid_request` without repeating a value.
 */
export async function readKeys(input: KeySource, fields: readonly string[]): Promise<Record<string, string>> {
  const lines = input.isTTY ? await ask(input, fields) : (await readAll(input)).slice(0, mostCharacters).split(/\r?\n/)
  const keys: Record<string, string> = {}
  for (const [i, line] of lines.entries()) {
    const [name = '', ...value] = line.split('=')
    const field = name.trim()
    if (field === '' && value.length === 0) continue
    if (!fields.includes(field) || value.length === 0)
      throw invalid(
        `line ${i + 1} of standard input`,
        `must be one of ${fields.join(', ')}, followed by = and its value`,
      )
    if (field in keys) throw invalid(field, 'must not be specified more than once')
    if (value.join('=').trim() !== '') keys[field] = value.join('=').trim()
  }
  return keys
}

async function ask(input: KeySource, fields: readonly string[]): Promise<string[]> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  // In the mode for terminals, it echoes what is typed to its output instead of the terminal itself.
  const questions = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
  // Lines that are pasted at once are kept.
  const typed = questions[Symbol.asyncIterator]()
  try {
    const lines = []
    for (const field of fields) {
      process.stderr.write(`${field} (not shown; Enter to leave it out): `)
      const { value, done } = await typed.next()
      // Ctrl-C or Ctrl-D.
      if (done) throw new Error('canceled: nothing was changed')
      lines.push(`${field}=${value}`)
      process.stderr.write('\n')
    }
    return lines
  } finally {
    questions.close()
  }
}
