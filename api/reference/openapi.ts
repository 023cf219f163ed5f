/** General part of the OpenAPI document. Paths and schemas are generated from the routes. */
export const openApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'billing-onboarding',
    version: '0.2.0',
    description:
      'Takes a contact from known to billable: the record, a payment method entered on the hosted page, one ' +
      'initial charge, activation and enrollment. Native amounts are integers in minor units; amounts of the ' +
      'edge door are decimals in major units.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'Customers', description: 'The native API' },
    { name: 'Billing customers', description: 'The native API' },
    { name: 'Charges', description: 'The native API' },
    { name: 'Billable items', description: 'The native API' },
    { name: 'Enrollments', description: 'The native API' },
    { name: 'Bulk onboardings', description: 'The native API' },
    { name: 'Events', description: 'The native API' },
    { name: 'Brands', description: 'The native API' },
    { name: 'Settings', description: 'The native API' },
    { name: 'API keys', description: 'The native API' },
    { name: 'Gateway accounts', description: 'The native API: accounts at the gateways' },
    { name: 'Webhook endpoints', description: 'The native API: receivers of events' },
    {
      name: 'Test helpers',
      description: 'The native API, only in the sandbox: simulate customers, banks and the passing of time',
    },
    { name: 'Edge', description: 'For clients of the edge documents; the API key is in the body' },
    { name: 'billing.io', description: 'For clients of billing.io' },
    { name: 'Moment', description: "For clients of Moment's billing API" },
    { name: 'FlexPrice', description: 'For clients of FlexPrice; the API key is in the header x-api-key' },
    { name: 'Hosted page', description: 'Calls of the hosted page; the credential is the token of the setup link' },
  ],
}
