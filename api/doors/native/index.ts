import type { OpenAPIHono } from '@hono/zod-openapi'
import type { CallEnv } from '../../call/call-env.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { createDoor } from '../door.ts'
import { addApiKeyCommands } from './account/api-key-commands.ts'
import { addApiKeys } from './account/api-keys.ts'
import { addBrandPreview, type DrawPreview } from './account/brand-preview.ts'
import { addBrands } from './account/brands.ts'
import { addSettings } from './account/settings.ts'
import { addBillableItems } from './billable-items.ts'
import { addBillingCustomers } from './billing-customers/billing-customers.ts'
import { addClosing } from './billing-customers/closing.ts'
import { addEvidence } from './billing-customers/evidence.ts'
import { addListBillingCustomers } from './billing-customers/list-billing-customers.ts'
import { addOnboardingCommands } from './billing-customers/onboarding-commands.ts'
import { addOpenBillingCustomer } from './billing-customers/open-billing-customer.ts'
import { addReplacements } from './billing-customers/replacements.ts'
import { addSuspension } from './billing-customers/suspension.ts'
import { addBulkOnboardings } from './bulk-onboardings/bulk-onboardings.ts'
import { addBulkCommands } from './bulk-onboardings/commands.ts'
import { addBulkResults } from './bulk-onboardings/results.ts'
import { addUpload } from './bulk-onboardings/upload.ts'
import { addCharges } from './charges.ts'
import { addCustomers } from './customers.ts'
import { door } from './door.ts'
import { addEnrollments } from './enrollments.ts'
import { addEvents } from './events.ts'
import { addCustomerExport } from './export-customer.ts'
import { addChargeRefunds } from './refund-charge.ts'
import { addTestClock, addTestReturns } from './test-helpers/clock-and-charges.ts'
import { addGatewayAccountCommands } from './gateway-accounts/account-commands.ts'
import { addGatewayAccounts } from './gateway-accounts/accounts.ts'
import { addTestSubmissions } from './test-helpers/submit.ts'
import { addDeliveries } from './webhook-endpoints/deliveries.ts'
import { addRedelivery } from './webhook-endpoints/redelivery.ts'
import { addWebhookEndpointCommands } from './webhook-endpoints/endpoint-commands.ts'
import { addPulling } from './webhook-endpoints/pull.ts'
import { addWebhookEndpoints } from './webhook-endpoints/endpoints.ts'

/** Returns the native API, in the order of the OpenAPI document. */
export const nativeDoor = (d: ApiDependencies, drawPreview: DrawPreview): OpenAPIHono<CallEnv> =>
  createDoor(d, door, [
    addCustomers,
    addCustomerExport,
    addOpenBillingCustomer,
    addListBillingCustomers,
    addBillingCustomers,
    addOnboardingCommands,
    addCharges,
    addChargeRefunds,
    addSuspension,
    addReplacements,
    addClosing,
    addEvidence,
    addBillableItems,
    addEnrollments,
    addUpload,
    addBulkOnboardings,
    addBulkCommands,
    addBulkResults,
    addEvents,
    addBrands,
    (app) => addBrandPreview(app, d, drawPreview),
    addSettings,
    addApiKeys,
    addApiKeyCommands,
    addWebhookEndpoints,
    addWebhookEndpointCommands,
    addDeliveries,
    addRedelivery,
    addPulling,
    addGatewayAccounts,
    addGatewayAccountCommands,
    addTestSubmissions,
    addTestClock,
    addTestReturns,
  ])
