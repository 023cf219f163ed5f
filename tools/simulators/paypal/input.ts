import { z } from 'zod'
import { PayPalAnswer } from './errors.ts'

/** Parses a request body. Throws the vendor's 400 response, which lists every missing or invalid field. */
export function read<T>(schema: z.ZodType<T>, body: string): T {
  const result = schema.safeParse(parseJson(body), { reportInput: true })
  if (result.success) return result.data
  throw new PayPalAnswer(
    400,
    result.error.issues.map((issue) => ({
      field: `/${issue.path.join('/')}`,
      location: 'body',
      issue: issueOf(issue),
    })),
  )
}

function parseJson(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body)
  } catch {
    throw new PayPalAnswer(400, [{ issue: 'MALFORMED_REQUEST_JSON' }])
  }
}

function issueOf({ code, input }: z.core.$ZodIssue): string {
  if (input === undefined) return 'MISSING_REQUIRED_PARAMETER'
  return code === 'too_big' || code === 'too_small' ? 'INVALID_STRING_LENGTH' : 'INVALID_PARAMETER_SYNTAX'
}

export const text = (max: number) => z.string().min(1).max(max)
export const money = z.object({ currency_code: z.string().length(3), value: z.string().regex(/^-?\d+(\.\d+)?$/) })
