// The page's script inserts vendors' scripts, so that none runs while the token is in the URL. Vendors document it:
// docs.stripe.com/js/including (asynchronous loading), docs.paypal.ai/reference/sdk/js/v6.

const loading = new Map<string, Promise<void>>()

/** Loads a script once. Rejects if it fails; the next call retries. */
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

/** Forgets a script that does not load, so that the next call requests it again. */
export const forgetScript = (url: string): void => void loading.delete(url)

function insert(url: string): Promise<void> {
  const script = document.createElement('script')
  return new Promise((resolve, reject) => {
    script.onerror = () => {
      script.remove()
      reject(new Error())
    }
    script.onload = resolve as () => void
    // Without `crossorigin`, like the preload. Otherwise the browser would fetch it twice.
    script.src = url
    document.head.append(script)
  })
}
