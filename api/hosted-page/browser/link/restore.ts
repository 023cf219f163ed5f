import { addressWith, forget, keptToken, purposes } from './kept-token.ts'

// Runs before a page is shown whose URL has no token or an invalid one: this tab may store the token that was removed
// from it.

const given = new URLSearchParams(location.search).get('token')
const found = purposes.find(
  (purpose) => keptToken(purpose) !== null && (given === null || keptToken(purpose) === given),
)
if (found && given === null) {
  document.documentElement.dataset.moving = ''
  location.replace(addressWith(keptToken(found)!))
} else if (found) {
  // The token was just rejected, and must not be tried again at each reload.
  forget(found)
}
