/** Largest row, in bytes of its text. */
export const mostRowBytes = 64 * 1024

/** A row of a file before its fields are validated. */
export interface FileRow {
  /** The line on which it begins, 1-based. */
  line: number
  /** By field, with the names of the API. */
  values: Record<string, unknown>
  /** The error of the row as a whole, or of a cell that cannot be converted. */
  wrong?: { param: string; message: string }
}
