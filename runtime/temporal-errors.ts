/** Returns Temporal's own error message: the client's errors have it in their cause. */
export function temporalReason(error: unknown): string {
  const told = ((error as { cause?: unknown } | null)?.cause ?? error) as { details?: string; message?: string } | null
  return (told?.details || told?.message || 'unknown error').split('\n')[0]!.slice(0, 300)
}

/** Returns the message about a missing namespace, with the command that creates it. */
export const missingNamespace = (namespace: string, address?: string): string =>
  `Temporal${address ? ` at ${address}` : ''} has no namespace "${namespace}" (TEMPORAL_NAMESPACE), ` +
  'so no run can start. Create it:\n' +
  `  temporal operator namespace create --namespace ${namespace} --retention 30d\n` +
  'Temporal Cloud has its own: https://docs.temporal.io/cloud/namespaces'
