import type { z } from '@hono/zod-openapi'
import { Failure, mostFields, type WrongField } from '../../domain/failure/failures.ts'
import { paramOf } from '../call/json-text.ts'

/** Makes one refusal of all that a schema found wrong: each field with what would be right. */
export function wrongFields(issues: readonly z.core.$ZodIssue[]): Failure {
  const fields = issues.slice(0, mostFields).flatMap(fieldsOf)
  const [first] = fields
  return new Failure('invalid_request', first!.message, { param: first!.param, fields })
}

function fieldsOf(issue: z.core.$ZodIssue): WrongField[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, mostFields)
      .map((key) => ({ param: paramOf([...issue.path, key]), message: 'is not a field of this call' }))
  return [{ param: paramOf(issue.path), message: issue.message }]
}
