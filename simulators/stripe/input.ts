import { invalidRequest } from './errors.ts'

export type Input = Record<string, unknown>

/** A parameter that the call cannot do without. */
export function requireText(input: Input, name: string): string {
  const value = input[name]
  if (typeof value !== 'string' || value === '')
    throw invalidRequest(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name })
  return value
}
