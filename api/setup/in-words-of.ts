import { Failure } from '../../domain/failure/failures.ts'
import { own } from '../../domain/text/own.ts'

/** Rethrows a Failure with the field named as the door calls it; `words` maps the engine's names. */
export const inWordsOf = (words: Record<string, string>) => (error: unknown) => {
  const word = error instanceof Failure && error.param !== undefined ? own(words, error.param) : undefined
  if (!(error instanceof Failure) || word === undefined) throw error
  throw error.with({ param: word })
}
