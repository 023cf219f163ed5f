/**
 * Name below the page's path of the address that a tab shows once the token is out of it. It answers alike for all
 * links, so that a reload needs neither a token in the address nor a cookie.
 */
export const resumeName = 'resume'
