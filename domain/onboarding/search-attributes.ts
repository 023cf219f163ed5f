export const attributeNames = {
  environment: 'Environment',
  organizationId: 'OrganizationId',
  customerId: 'CustomerId',
  billingCustomerId: 'BillingCustomerId',
  gateway: 'Gateway',
  step: 'Step',
  blockedOn: 'BlockedOn',
} as const

/** Search attributes that must exist in a namespace before the first run. All have the type Keyword. */
export const searchAttributeNames: string[] = Object.values(attributeNames)
