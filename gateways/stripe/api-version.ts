/** What we speak and what events must be written in. Set explicitly: a newer SDK would move it silently. */
export const apiVersion = '2026-10-28.endive'
