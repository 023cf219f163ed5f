// The page on which the payer approves. In its own window it notifies the opener; otherwise it redirects to the
// merchant.
const parameters = new URLSearchParams(location.search)
const setupToken = parameters.get('approval_session_id')
const openerOrigin = parameters.get('opener')
const element = (id) => document.getElementById(id)
const buttons = ['approve', 'cancel'].map(element)

function refuse(message) {
  for (const button of buttons) button.disabled = true
  element('error').textContent = message
}

async function answer(outcome) {
  for (const button of buttons) button.disabled = true
  const email = element('email').value.trim() || undefined
  const body = JSON.stringify({ setup_token: setupToken, outcome, email })
  const response = await fetch('/_sim/approve', { method: 'POST', body })
  if (!response.ok) return refuse('This request is no longer open.')
  const { payer_id: payerId, redirect_url: redirectUrl } = await response.json()
  if (openerOrigin && window.opener) {
    window.opener.postMessage({ type: 'paypal-approval', outcome, setupToken, payerId }, openerOrigin)
    return window.close()
  }
  if (redirectUrl) return location.assign(redirectUrl)
  element('done').textContent = 'Done. You can close this window.'
}

async function ask() {
  const response = await fetch(`/_sim/approval?setup_token=${encodeURIComponent(setupToken)}`)
  if (!response.ok) return refuse('This request does not exist or has expired.')
  const { status, brand_name: brand } = await response.json()
  if (status !== 'PAYER_ACTION_REQUIRED') return refuse('This request was answered before.')
  element('question').textContent = `May ${brand ?? 'the merchant'} charge your PayPal account in future?`
  for (const button of buttons) {
    button.disabled = false
    button.addEventListener('click', () => answer(button.id))
  }
}

void ask()
