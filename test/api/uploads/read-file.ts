import { z } from 'zod'
import type { Caller } from '../../../api/call/auth.ts'
import type { ApiDependencies } from '../../../api/dependencies.ts'
import { createRowCheck } from '../../../api/uploads/check-row.ts'
import { readRows, type FileFormat } from '../../../api/uploads/read-rows.ts'
import { validationMessage } from '../../../domain/text/validation-message.ts'
import type { CheckedRow } from '../../../store/bulk/row-input.ts'

export interface Read {
  rows: CheckedRow[]
}

/** Yields bytes in parts of these sizes, which repeat. */
export async function* inParts(bytes: Uint8Array, sizes: number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length]!)
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** Reads a file as an upload does, without a database: its rows name no brand and no item. */
export async function readFile(bytes: Uint8Array, format: FileFormat, ...sizes: number[]): Promise<Read> {
  z.config({ customError: validationMessage })
  const gateways = { has: () => true }
  const caller = { settings: { gateways: ['stripe', 'paypal'] } }
  const check = createRowCheck({ gateways } as unknown as ApiDependencies, caller as unknown as Caller, {})
  const rows = []
  for await (const row of readRows(inParts(bytes, sizes.length > 0 ? sizes : [65_536]), format, check)) rows.push(row)
  return { rows }
}
