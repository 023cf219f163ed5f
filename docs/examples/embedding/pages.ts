interface BillingPage {
  setupUrl: string
  pageUrl: string
  open: 'inline' | 'overlay'
  integrity?: string | undefined
}

const escape = (value: string) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

const layout = (content: string) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <title>Example Fitness</title>
  <link rel="stylesheet" href="/style.css" />
  ${content}
</html>`

/** The sign-up form. Each button shows another way to the hosted page. */
export const signupPage = layout(`<h1>Sign up</h1>
  <form method="post" action="/signup">
    <label>Name <input name="name" autocomplete="name" required /></label>
    <label>Email <input name="email" type="email" autocomplete="email" required /></label>
    <button name="way" value="frame">Continue here</button>
    <button name="way" value="overlay">Continue in an overlay</button>
    <button name="way" value="redirect">Continue on the payment page</button>
  </form>`)

/** Returns the page that shows the hosted page: see billing.js. */
export function billingPage({ setupUrl, pageUrl, open, integrity }: BillingPage): string {
  const pinned = integrity ? ` integrity="${escape(integrity)}"` : ''
  return layout(`<h1>Billing</h1>
  <p id="note" role="status"></p>
  <button id="add" type="button"${open === 'inline' ? ' hidden' : ''}>Add a payment method</button>
  <div id="billing" data-url="${escape(setupUrl)}" data-open="${open}"></div>
  <p><a id="continue" href="/billing" hidden>Continue</a></p>
  <script src="${escape(pageUrl)}/embed.js" crossorigin="anonymous"${pinned}></script>
  <script src="/billing.js"></script>`)
}

/** The page of a customer who can be billed. */
export const activePage = layout('<h1>Welcome</h1><p>Your account is active.</p>')
