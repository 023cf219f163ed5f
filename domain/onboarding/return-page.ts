/**
 * Path of the page that a gateway redirects customers to if no other address is known. It contains neither a token nor
 * an id, so a process that cannot create links can use it. It only says that the window can be closed.
 */
export const returnPagePath = '/public/edge/setup-billing/returned'
