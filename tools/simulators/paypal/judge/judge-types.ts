// The parts of an OpenAPI document that the judge reads.

export type Schema = { [keyword: string]: unknown }
export interface Parameter {
  name: string
  in: 'header' | 'query' | 'path'
  required?: boolean
  schema: Schema
}
type Format = 'application/json' | 'application/x-www-form-urlencoded'
interface Content {
  content?: Partial<Record<Format, { schema: Schema }>>
}
export interface Operation {
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: Content & { required?: boolean }
  responses: Record<string, Content>
}
export interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> }
}
