/** The API version of our requests and of endpoints. Explicit, because a newer SDK would change it silently. */
export const apiVersion = '2026-10-28.endive'

/**
 * The API versions of events that are read: ours, and the one before. At an upgrade, existing endpoints send events of
 * the version before until each account is verified. When `apiVersion` changes, its former value comes second here.
 * docs.stripe.com/changelog/endive: no object of an event that is read lost its id, metadata or payment.
 */
export const eventVersions: readonly (string | null)[] = [apiVersion, '2026-09-30.endive']
