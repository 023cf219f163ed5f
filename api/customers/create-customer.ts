import { byApiKey } from '../../domain/events/author.ts'
import { Failure } from '../../domain/failure/failures.ts'
import { allows, type Scope } from '../../domain/tenant/scopes.ts'
import { offeredGateways } from '../../payments/customers/offered-gateways.ts'
import type { NewCustomer, Customer } from '../../store/customers/customers.ts'
import { insertCustomer } from '../../store/customers/customers.ts'
import type { OpenResult } from '../../store/lifecycle/onboarding-request.ts'
import { openUnderLock } from '../../store/lifecycle/open-onboarding.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { requireAnyGateway, requireBrand } from '../setup/brand-and-gateway.ts'
import { runOf } from '../setup/open-onboarding.ts'

export interface CustomerRequest extends Omit<NewCustomer, 'organizationId' | 'environment' | 'by'> {
  /** Whether to open no onboarding, regardless of the settings. */
  skipOnboarding?: boolean | undefined
  /** The id of a brand, or its number as a string. */
  brand?: string | undefined
}

export interface CreatedCustomer {
  customer: Customer
  /** The onboarding that was opened with it, if the settings require it. */
  opened?: OpenResult
}

/**
 * Creates a customer and, if the organization's settings require it, its onboarding, in one transaction. If the run
 * cannot be started now, the run dispatcher starts it. Throws as `insertCustomer`, and:
 * - `not_found` for an unknown brand, even if no onboarding is opened
 * - `forbidden` if the key lacks the scope to open the onboarding
 * - `conflict` without a field if the onboarding cannot be opened: these calls have no field for its gateway
 */
export async function createCustomer(
  d: ApiDependencies,
  caller: Caller,
  { skipOnboarding, brand, ...wanted }: CustomerRequest,
): Promise<CreatedCustomer> {
  const { organizationId, environment, currency, settings } = caller
  const brandId = brand === undefined ? undefined : (await requireBrand(d, caller, brand)).id
  const row: NewCustomer = { ...wanted, organizationId, environment, by: caller.id }
  if (skipOnboarding || !settings.onboardNewCustomers) {
    const alone = !row.parent && !row.mappings
    return { customer: alone ? await insertCustomer(d.database, row) : await inTransaction(d, row) }
  }
  requireToOpen(caller)
  await withoutField(() => requireAnyGateway(d, caller))
  const created = (await d.database.begin(async (sql) => {
    const customer = await insertCustomer(sql, row)
    const request = {
      organizationId,
      environment,
      contactId: customer.id,
      createdBy: customer.id,
      author: byApiKey(caller.id),
      currency,
      activateAtOnce: false,
      offered: offeredGateways(d.gateways, caller),
      brandId,
    }
    return { customer, opened: await withoutField(() => openUnderLock(sql, request, settings)) }
  })) as Required<CreatedCustomer>
  if (created.opened.run === 'start') d.runs.start(runOf(created.opened))
  return created
}

/** Runs a step of the onboarding. A conflict is about the organization's state, so the field name is removed. */
async function withoutField<T>(step: () => T): Promise<Awaited<T>> {
  try {
    return await step()
  } catch (error) {
    throw error instanceof Failure && error.code === 'conflict' ? error.with({ param: undefined }) : error
  }
}

const opening: Scope = 'billing_customers:write'

function requireToOpen({ scopes }: Caller): void {
  if (allows(scopes, opening)) return
  throw new Failure(
    'forbidden',
    `the API key lacks the scope ${opening}: the setting onboard_new_customers starts an onboarding with each customer`,
  )
}

const inTransaction = (d: ApiDependencies, row: NewCustomer) =>
  d.database.begin((sql) => insertCustomer(sql, row)) as Promise<Customer>
