// Runs in the browser on /docs, which works without it. Nothing is sent anywhere.
const search = document.getElementById('search')
const found = document.getElementById('found')
const entries = [...document.querySelectorAll('[data-search]')]

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
  let count = 0
  for (const entry of entries) {
    entry.hidden = !words.every((word) => entry.dataset.search.includes(word))
    if (!entry.hidden) count += 1
  }
  for (const group of document.querySelectorAll('.contents details')) {
    group.hidden = !group.querySelector('li:not([hidden])')
    group.open ||= words.length > 0
  }
  found.textContent = words.length > 0 ? `${count} found` : ''
}
search.addEventListener('input', filter)
search.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return
  document.querySelector('.contents li:not([hidden]) a')?.click()
})
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.closest('input')) return
  event.preventDefault()
  search.focus()
})

// The language that was chosen last.
const kept = 'reference-language'
document.getElementById(`language-${localStorage.getItem(kept)}`)?.click()
for (const choice of document.querySelectorAll('[name="language"]'))
  choice.addEventListener('change', () => localStorage.setItem(kept, choice.value))
