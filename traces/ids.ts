/** The attributes of ids, by the fields of log lines. */
const names = {
  request_id: 'request.id',
  organization: 'organization.id',
  environment: 'environment',
  customer: 'customer.id',
  billing_customer: 'billing_customer.id',
  onboarding: 'onboarding.id',
  charge: 'charge.id',
  bulk: 'bulk_onboarding.id',
  workflow: 'workflow.id',
} as const

/** Returns the ids of a call or step, which are ours, as attributes. Other fields of its log lines are omitted. */
export function idAttributes(fields: { [Field in keyof typeof names]?: string | undefined }): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [field, name] of Object.entries(names) as [keyof typeof names, string][]) {
    const value = fields[field]
    if (value !== undefined) attributes[name] = value
  }
  return attributes
}
