/**
 * Path of the page that a gateway leads customers back to where nothing better is known. It carries no token and no id,
 * so it can be given to a gateway by a process that cannot make links: it only says that the window can be closed.
 */
export const returnPagePath = '/public/edge/setup-billing/returned'
