import type { z } from '@hono/zod-openapi'

export const json = <Schema extends z.ZodType>(schema: Schema, description = 'OK') => ({
  description,
  content: { 'application/json': { schema } },
})

export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})
