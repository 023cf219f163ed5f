import { addressWith, forget, keptToken, purposes } from './browser/kept-token.ts'

// Runs on the page that says that there is nothing here, before it is shown: without a token in the address, this tab
// may hold the one that was moved out of it.

const given = new URLSearchParams(location.search).get('token')
const found = purposes.find(
  (purpose) => keptToken(purpose) !== null && (given === null || keptToken(purpose) === given),
)
if (found && given === null) {
  document.documentElement.hidden = true
  location.replace(addressWith(keptToken(found)!))
} else if (found) {
  // Refused just now: it must not be tried at each reload.
  forget(found)
}
