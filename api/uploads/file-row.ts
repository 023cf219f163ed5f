/** Largest row, in bytes of its text. */
export const mostRowBytes = 64 * 1024

/** A row as the file has it, before its fields are checked. */
export interface FileRow {
  /** The line on which it begins, 1-based. */
  line: number
  /** By field, as the API names them. */
  values: Record<string, unknown>
  /** What is wrong with the row as a whole, or with a cell before it becomes a value. */
  wrong?: { param: string; message: string }
}
