import { billingCustomerStatuses } from '../domain/lifecycle.ts'
import { z } from 'zod'
import { amountText } from '../domain/payment/money.ts'
import type { Consent } from '../domain/hosted-page.ts'
import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import { progressOf } from '../domain/onboarding/progress.ts'
import { listBillableItems } from '../store/catalog/billable-items.ts'
import { findBillingCustomer } from '../store/billing-customers/billing-customers.ts'
import { listBrands } from '../store/tenants/brands.ts'
import type { Database } from '../store/database/database.ts'
import { findTenantOf } from '../store/tenants/find-tenant.ts'
import { listBillingCustomers } from '../store/billing-customers/list-billing-customers.ts'
import { listCharges } from '../store/charges/list-charges.ts'
import { pageEnrollments } from '../store/catalog/list-enrollments.ts'
import { listEvents } from '../store/events/list-events.ts'
import { listApiKeys } from '../store/tenants/manage-api-keys.ts'
import { listOperatorTasks } from '../store/onboardings/operator-tasks.ts'
import { readLatestFacts } from '../store/onboardings/facts.ts'
import { listOrganizations } from '../store/tenants/organizations.ts'
import type { Page, PageRequest } from '../store/database/pages.ts'
import type { Tenant } from '../domain/reference.ts'
import { command, type AdminCommand, type Rows } from './command.ts'
import { shownItem } from './items.ts'
import { billingCustomer, option, page, tenant, text } from './options.ts'
import { noSuchBillingCustomer } from './operators.ts'
import { requireOrganization } from './setup.ts'
import type { ChargeRow } from '../store/charges/charges.ts'

const rowsOf = <Row>({ rows, nextCursor }: Page<Row>, show: (row: Row) => Record<string, unknown>): Rows => ({
  rows: rows.map(show),
  nextCursor,
})

/** Creates a command that lists objects of one organization in one environment, newest first. */
const list = <Row>(
  summary: string,
  read: (sql: Database, tenant: Tenant, request: PageRequest) => Promise<Page<Row>>,
  show: (row: Row) => Record<string, unknown>,
): AdminCommand =>
  command(summary, { ...tenant, ...page }, async ({ database }, { organization, environment, ...request }) => {
    await requireOrganization(database, organization)
    return rowsOf(await read(database, { organizationId: organization, environment }, request), show)
  })

const shownCharge = ({ id, billingCustomerId, state, amount, currency, gateway, createdAt }: ChargeRow) => ({
  id,
  billing_customer: billingCustomerId,
  status: state,
  charged: amountText(amount, currency, 'major'),
  gateway,
  created_at: createdAt,
})

const shownOnboarding = (onboarding: OnboardingFacts) => {
  const { status, blockedOn, steps, amount, currency } = progressOf(onboarding)
  return {
    onboarding: onboarding.onboardingId,
    onboarding_status: status,
    blocked_on: blockedOn,
    initial_charge: amountText(amount, currency, 'major'),
    steps: Object.fromEntries(steps.map(({ name, state }) => [name, state])),
  }
}

const shownConsent = ({ addressHash, givenAt, ...rest }: Consent) => ({
  ...rest,
  address_hash: addressHash,
  given_at: givenAt,
})

const status = z.enum(billingCustomerStatuses).optional()

/** Commands that list and show objects. They change nothing, and show neither names nor addresses of customers. */
export const queryCommands: Record<string, AdminCommand> = {
  'list-organizations': command('List organizations', page, async ({ database }, request) =>
    rowsOf(await listOrganizations(database, request), ({ id, name, currency }) => ({ id, name, currency })),
  ),

  'list-brands': list('List brands', listBrands, ({ id, number, name }) => ({ id, number, name })),

  'list-keys': list('List API keys (the keys themselves are not shown)', listApiKeys, (key) => ({
    id: key.id,
    kind: key.kind,
    name: key.name,
    last_four: key.lastFour,
    scopes: key.scopes,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
    last_used_at: key.lastUsedAt,
  })),

  'list-items': list(
    'List billable items',
    (sql, tenant, request) => listBillableItems(sql, tenant, {}, request),
    shownItem,
  ),

  'list-billing-customers': command(
    'List billing customers with the state of their onboarding',
    { ...tenant, status, ...page },
    async ({ database }, { organization, environment, status, ...request }) => {
      await requireOrganization(database, organization)
      const tenant = { organizationId: organization, environment }
      const found = await listBillingCustomers(database, tenant, { status }, request)
      return rowsOf(found, ({ billingCustomer, onboarding }) => ({
        id: billingCustomer.id,
        customer: billingCustomer.customerId,
        status: billingCustomer.status,
        gateway: billingCustomer.gateway,
        ...(onboarding && { onboarding_status: progressOf(onboarding).status }),
        ...(onboarding && { blocked_on: progressOf(onboarding).blockedOn }),
      }))
    },
  ),

  'show-billing-customer': command(
    'Show a billing customer with its onboarding, its charges, and the tasks for operators',
    { 'billing-customer': billingCustomer },
    async ({ database }, { 'billing-customer': id }) => {
      const tenant = await findTenantOf(database, id)
      const found = tenant && (await findBillingCustomer(database, tenant, id))
      if (!found) throw noSuchBillingCustomer()
      const onboarding = await readLatestFacts(database, id)
      const charges = await listCharges(database, tenant, { billingCustomerId: id }, { limit: 100 })
      const needed = await listOperatorTasks(database, [id])
      return {
        id,
        organization: tenant.organizationId,
        environment: tenant.environment,
        customer: found.customerId,
        status: found.status,
        gateway: found.gateway,
        payment_method: found.paymentMethodLabel,
        ...(onboarding && shownOnboarding(onboarding)),
        consent: onboarding?.consent ? shownConsent(onboarding.consent) : null,
        charges: charges.rows.map(shownCharge),
        needs_person: needed.map(({ reason, whatToDo }) => ({ reason, what_to_do: whatToDo })),
      }
    },
  ),

  'list-charges': list('List charges', (sql, tenant, request) => listCharges(sql, tenant, {}, request), shownCharge),

  'list-enrollments': list(
    'List enrollments',
    (sql, tenant, request) => pageEnrollments(sql, tenant, {}, request),
    ({ id, billingCustomerId, billableItemId, status, createdAt }) => ({
      id,
      billing_customer: billingCustomerId,
      item: billableItemId,
      status,
      created_at: createdAt,
    }),
  ),

  'list-events': command(
    'List events',
    { ...tenant, 'billing-customer': option(text.optional(), 'bc_…'), ...page },
    async ({ database }, { organization, environment, 'billing-customer': of, ...request }) => {
      await requireOrganization(database, organization)
      const tenant = { organizationId: organization, environment }
      if (of !== undefined && !(await findBillingCustomer(database, tenant, of))) throw noSuchBillingCustomer()
      const found = await listEvents(database, tenant, { billingCustomerId: of }, request)
      return rowsOf(found, ({ id, type, billingCustomerId, actor, data, createdAt }) => ({
        id,
        type,
        billing_customer: billingCustomerId,
        actor,
        data,
        created_at: createdAt,
      }))
    },
  ),
}
