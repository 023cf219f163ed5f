/** Returns Temporal's own error message: the client's errors have it in their cause. */
export function temporalReason(error: unknown): string {
  const told = ((error as { cause?: unknown } | null)?.cause ?? error) as { details?: string; message?: string } | null
  return (told?.details || told?.message || 'unknown error').split('\n')[0]!.slice(0, 300)
}
