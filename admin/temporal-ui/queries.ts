const blockedOn = (whom: string) => `BlockedOn = "${whom}" AND ExecutionStatus = "Running"`
const running = (type: string) => `WorkflowType = "${type}" AND ExecutionStatus = "Running"`

/** Queries for the workflow list of Temporal UI, by what they find. `since`: an RFC 3339 time, for closed workflows. */
export const temporalQueries: Record<string, (since: string) => string> = {
  'waiting for an operator': () => blockedOn('operator'),
  'waiting for the gateway': () => blockedOn('gateway'),
  'waiting for the customer': () => blockedOn('customer'),
  'failing workflow tasks': () => 'TemporalReportedProblems IS NOT NULL AND ExecutionStatus = "Running"',
  'failed since yesterday': (since) =>
    `WorkflowType = "onboarding" AND ExecutionStatus = "Failed" AND CloseTime > "${since}"`,
  'terminated since yesterday': (since) => `ExecutionStatus = "Terminated" AND CloseTime > "${since}"`,
  'waiting replacements': () => running('replacePaymentMethod'),
  'refunds in progress': () => running('money'),
  'failing webhook endpoints': () => running('webhookEndpoint'),
  'bulk onboardings': () => running('bulkOnboarding'),
}

/** Returns the address of the workflow list of Temporal UI, filtered by a query. */
export const queryUrl = ({ url, namespace }: { url: string; namespace: string }, query: string): string =>
  `${url}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${encodeURIComponent(query)}`
