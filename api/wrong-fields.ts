import type { z } from '@hono/zod-openapi'
import { Failure, type WrongField } from '../domain/failures.ts'

/** Makes one refusal of all that a schema found wrong: each field with what would be right. */
export function wrongFields(issues: z.core.$ZodIssue[]): Failure {
  const fields = issues.flatMap(fieldsOf)
  const [first] = fields
  return new Failure('invalid_request', first!.message, { param: first!.param, fields })
}

function fieldsOf(issue: z.core.$ZodIssue): WrongField[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      param: [path, key].filter(Boolean).join('.'),
      message: 'is not a field of this call',
    }))
  return [{ param: path || 'body', message: issue.message }]
}
