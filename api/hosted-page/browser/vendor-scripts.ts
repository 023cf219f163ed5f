import type { PageModel } from '../view/model.ts'
import { root } from './calls.ts'

// The page's script inserts vendors' scripts, so that none runs while the token is in the URL. Vendors document it:
// docs.stripe.com/js/including (asynchronous loading), docs.paypal.ai/reference/sdk/js/v6.

const timeLimit = 15_000
const loading = new Map<string, Promise<void>>()

/** Data of a gateway that the page needs. */
export const sideOf = (name: string) =>
  (JSON.parse(root().dataset.gateways!) as PageModel['gateways']).find((gateway) => gateway.name === name)!

/**
 * Starts loading the scripts of all gateways of this page. Stripe also detects signs of fraud before a card is entered.
 */
export function loadVendorScripts(): void {
  if (root().dataset.loadsVendors !== 'true') return
  // A failure is handled where the script is used.
  for (const { scriptUrl } of JSON.parse(root().dataset.gateways!) as PageModel['gateways'])
    loadScript(scriptUrl).catch(() => undefined)
}

/** Loads a script once. Rejects if it fails or takes longer than 15 seconds. The next call retries. */
export function loadScript(url: string): Promise<void> {
  const known = loading.get(url)
  if (known) return known
  const loads = insert(url).catch((error: unknown) => {
    loading.delete(url)
    throw error
  })
  loading.set(url, loads)
  return loads
}

function insert(url: string): Promise<void> {
  const script = document.createElement('script')
  return new Promise((resolve, reject) => {
    const fail = () => {
      script.remove()
      reject(new Error(`the script did not load: ${url}`))
    }
    const timer = setTimeout(fail, timeLimit)
    script.onerror = fail
    script.onload = () => {
      clearTimeout(timer)
      resolve()
    }
    // Without `crossorigin`, like the preload. Otherwise the browser would fetch it twice.
    script.src = url
    document.head.append(script)
  })
}
