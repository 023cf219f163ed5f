/**
 * Last part of the URL that a tab shows after the token was removed from it. The response is the same for all links, so
 * that a reload needs neither a token in the URL nor a cookie.
 */
export const resumeName = 'resume'
