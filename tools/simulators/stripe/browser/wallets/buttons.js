// The buttons of the Express Checkout Element, inside the frame. The page is told which one was clicked.
const titles = { apple_pay: 'Apple Pay', google_pay: 'Google Pay', link: 'Link' }
const wallets = new URLSearchParams(location.search).get('wallets').split(',')

for (const wallet of wallets) {
  const button = document.createElement('button')
  button.textContent = titles[wallet]
  button.setAttribute('aria-label', `Pay with ${titles[wallet]}`)
  button.addEventListener('click', () => parent.postMessage({ clicked: wallet }, '*'))
  document.body.append(button)
}

addEventListener('message', ({ data, ports: [port] }) => {
  if (!port) return
  const { appearance: { theme = 'stripe', variables = {} } = {}, buttonHeight, isOneRow } = data
  document.documentElement.dataset.theme = theme
  document.documentElement.style = `--height: ${buttonHeight}px; --borderRadius: ${variables.borderRadius ?? '4px'}`
  document.body.style.gridAutoFlow = isOneRow ? 'column' : 'row'
  port.postMessage({ height: document.body.scrollHeight })
})
