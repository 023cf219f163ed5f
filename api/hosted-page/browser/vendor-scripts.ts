import type { PageModel } from '../view/model.ts'
import { root } from './calls.ts'

// Vendors' scripts are inserted by ours, so that none runs while the token is in the address. Both vendors document it:
// docs.stripe.com/js/including (asynchronous loading), docs.paypal.ai/reference/sdk/js/v6.

const patience = 15_000
const loading = new Map<string, Promise<void>>()

/** What the page must know of the gateway with this name. */
export const sideOf = (name: string) =>
  (JSON.parse(root().dataset.gateways!) as PageModel['gateways']).find((gateway) => gateway.name === name)!

/**
 * Starts to load the scripts of all gateways of this page: Stripe also looks for signs of fraud while no card is
 * entered.
 */
export function loadVendorScripts(): void {
  if (root().dataset.loadsVendors !== 'true') return
  // Who needs a script learns of its failure.
  for (const { scriptUrl } of JSON.parse(root().dataset.gateways!) as PageModel['gateways'])
    loadScript(scriptUrl).catch(() => undefined)
}

/** Loads a script once. Rejects where it fails or takes longer than 15 seconds; the next call tries again. */
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
    const timer = setTimeout(fail, patience)
    script.onerror = fail
    script.onload = () => {
      clearTimeout(timer)
      resolve()
    }
    // As the preload: without `crossorigin`, or the browser would fetch it twice.
    script.src = url
    document.head.append(script)
  })
}
