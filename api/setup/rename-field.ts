import { Failure } from '../../domain/failure/failures.ts'
import { own } from '../../domain/text/own.ts'

/** Returns an error handler that renames the field of a Failure. `words` maps shared names to those of the door. */
export const renameField = (words: Record<string, string>) => (error: unknown) => {
  const word = error instanceof Failure && error.param !== undefined ? own(words, error.param) : undefined
  if (!(error instanceof Failure) || word === undefined) throw error
  throw error.with({ param: word })
}
