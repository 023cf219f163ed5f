/** The API version of our requests and of events. Explicit, because a newer SDK would change it silently. */
export const apiVersion = '2026-10-28.endive'
