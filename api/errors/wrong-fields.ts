import type { z } from '@hono/zod-openapi'
import { Failure, mostFields, type WrongField } from '../../domain/failure/failures.ts'
import { paramOf } from '../call/json-text.ts'

/** Returns one error for everything that a schema rejected: each invalid field with what a valid value is. */
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

/** Hook for apps with routes of the OpenAPI document: throws for a request that the schema of its route rejects. */
export function throwWrongFields(result: { success: true } | { success: false; error: z.ZodError }): void {
  if (!result.success) throw wrongFields(result.error.issues)
}
