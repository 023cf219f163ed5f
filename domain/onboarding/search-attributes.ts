export const attributeNames = {
  environment: 'Environment',
  organizationId: 'OrganizationId',
  customerId: 'CustomerId',
  billingCustomerId: 'BillingCustomerId',
  gateway: 'Gateway',
  step: 'Step',
  blockedOn: 'BlockedOn',
} as const

/** Names of the search attributes that a namespace must know before the first run. All have the type Keyword. */
export const searchAttributeNames: string[] = Object.values(attributeNames)
