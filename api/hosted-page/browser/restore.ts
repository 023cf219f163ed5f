import { addressWith, forget, keptToken, purposes } from './kept-token.ts'

// Runs before the page is shown that is found without a token in the address, or with a wrong one: this tab may hold
// the token that was moved out of it.

const given = new URLSearchParams(location.search).get('token')
const found = purposes.find(
  (purpose) => keptToken(purpose) !== null && (given === null || keptToken(purpose) === given),
)
if (found && given === null) {
  document.documentElement.dataset.moving = ''
  location.replace(addressWith(keptToken(found)!))
} else if (found) {
  // Refused just now: it must not be tried at each reload.
  forget(found)
}
