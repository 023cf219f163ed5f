import { expect, test } from 'vitest'
import { z } from 'zod'
import { validationMessage } from '../../../domain/text/validation-message.ts'

test.each([
  [z.string(), undefined, 'is required'],
  [z.enum(['live', 'sandbox']), undefined, 'is required'],
  [z.string(), 5, 'must be a string'],
  [z.number().int(), 1.5, 'must be a whole number'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.array(z.string()), 'a', 'must be an array'],
  [z.strictObject({}), [], 'must be an object'],
  [z.enum(['live', 'sandbox']), 'test', 'must be one of live, sandbox'],
  [z.literal('card'), 'cash', 'must be card'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().min(3), 'ab', 'must be at least 3 characters'],
  [z.string().max(3), 'abcd', 'must be at most 3 characters'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().max(9), 10, 'must be at most 9'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entries'],
] as [z.ZodType, unknown, string][])('%#: the message says what a valid value is', (schema, input, words) => {
  const { error } = schema.safeParse(input, { error: validationMessage })
  expect(error?.issues[0]?.message).toBe(words)
})

test('a message of the schema takes precedence', () => {
  const { error } = z.string('must be your name').safeParse(undefined, { error: validationMessage })
  expect(error?.issues[0]?.message).toBe('must be your name')
})
