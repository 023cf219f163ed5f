// Shows the hosted page on the billing page of this application. The server decides who is active; these events only
// say when it is worth asking.
const place = document.getElementById('billing')
const note = document.getElementById('note')

function show() {
  window.BillingSetup.mount(place, {
    url: place.dataset.url,
    open: place.dataset.open,
    onDeclined: ({ attempts_left }) => (note.textContent = `Not accepted. ${attempts_left} more can be tried.`),
    onSubmitted: () => (note.textContent = ''),
    onCompleted: () => (document.getElementById('continue').hidden = false),
    onExpired: () => (note.textContent = 'This link is no longer valid. Please reload the page.'),
    onExit: () => (note.textContent = 'You can add the payment method later.'),
  })
}

document.getElementById('add').addEventListener('click', show)
if (place.dataset.open === 'inline') show()
