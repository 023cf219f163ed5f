import { Failure } from '../../domain/failure/failures.ts'
import type { CheckedRow, RowError, RowInput } from '../../store/bulk/row-input.ts'
import { requireItem } from '../../store/catalog/billable-items.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { checkGateway, requireBrand, usualGatewayOf } from '../setup/brand-and-gateway.ts'
import type { FileRow } from './file-row.ts'
import { parseRow, type RowDefaults } from './row-schema.ts'

/** Checks the rows of one upload, in the order of the file. */
export type CheckRow = (row: FileRow) => Promise<CheckedRow>

/**
 * Returns a function that checks rows: their fields, and that brand, gateway and item exist. It keeps the external ids
 * that occurred (about 100 bytes each) and each brand and item that a row named.
 */
export function createRowCheck(d: ApiDependencies, caller: Caller, defaults: RowDefaults): CheckRow {
  const firsts = new Map<string, number>()
  const brandOf = remember((brand: string) => requireBrand(d, caller, brand).then(({ id }) => id))
  const itemOf = remember((item: string) => requireItem(d.database, caller, item))
  const usual = usualGatewayOf(d, caller)
  let number = 0

  async function inputOf(values: Record<string, unknown>): Promise<RowInput & { externalId: string }> {
    const { brand, ...row } = parseRow(values, defaults, usual)
    checkGateway(d, caller, row.gateway)
    const brandId = brand === undefined ? undefined : await brandOf(brand)
    if (row.billableItemId !== undefined) await itemOf(row.billableItemId).catch(inFieldOfRow)
    return { ...row, brandId }
  }

  return async ({ line, values, wrong }) => {
    const row = { number: ++number, line, duplicateOf: null }
    if (wrong) return { ...row, externalId: null, input: null, errors: [toError(wrong)] }
    try {
      const { externalId, ...input } = await inputOf(values)
      const first = firsts.get(externalId)
      if (first !== undefined) return { ...row, externalId, input: null, duplicateOf: first, errors: [] }
      firsts.set(externalId, number)
      return { ...row, externalId, input, errors: [] }
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'unavailable') throw error
      const errors = error.fields.length > 0 ? error.fields.map(toError) : [toError(error)]
      return { ...row, externalId: null, input: null, errors }
    }
  }
}

/**
 * Checks that the brand, gateway and item for rows without their own exist, whether or not there is such a row. Throws
 * as the calls for one customer do.
 */
export async function checkDefaults(d: ApiDependencies, caller: Caller, defaults: RowDefaults): Promise<void> {
  const { brand_id: brand, gateway, billable_item_id: item } = defaults
  checkGateway(d, caller, gateway)
  if (brand !== undefined) await requireBrand(d, caller, brand)
  if (item !== undefined) await requireItem(d.database, caller, item).catch(inFieldOfRow)
}

const toError = ({ param, message }: { param?: string | undefined; message: string }): RowError => ({
  code: 'invalid_request',
  ...(param === undefined ? {} : { param: param === 'body' ? 'row' : param }),
  message,
})

/** The store uses the edge door's name for the item. */
function inFieldOfRow(error: unknown): never {
  throw error instanceof Failure && error.param === 'bi_id' ? error.with({ param: 'billable_item_id' }) : error
}

/** Returns a lookup that caches each name, including those that are not found. */
function remember<T>(look: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>()
  return (name) => {
    const known = answers.get(name)
    if (known) return known
    const asked = look(name)
    // An unavailable database says nothing about the name.
    asked.catch((error: unknown) => error instanceof Failure || answers.delete(name))
    // Names can be as many as rows, and the memory must not grow with them.
    if (answers.size < 1_000) answers.set(name, asked)
    return asked
  }
}
