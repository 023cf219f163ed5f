import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'

// Replaces the package's own arguments, which disable the cross-origin rules that the tests check.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
]
const macChrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/**
 * Launches a headless Chromium from an npm package. If the system lacks the shared libraries that it links to, uses
 * those that the package includes for AWS Lambda, for the browser only.
 */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform === 'darwin') {
    if (!existsSync(macChrome)) throw new Error('Install Google Chrome: on macOS the tests of the page use it')
    return chromium.launch({ executablePath: macChrome })
  }
  const systemLibraries = process.env.LD_LIBRARY_PATH
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x'
  const { default: packaged } = await import('@sparticuz/chromium')
  const executablePath = await packaged.executablePath()
  const libraries = join(tmpdir(), 'al2023', 'lib')
  delete process.env.AWS_EXECUTION_ENV
  if (systemLibraries === undefined) delete process.env.LD_LIBRARY_PATH
  else process.env.LD_LIBRARY_PATH = systemLibraries
  const launch = (env: NodeJS.ProcessEnv) =>
    chromium.launch({ executablePath, args, env: env as Record<string, string> })
  try {
    return await launch(process.env)
  } catch {
    return launch({ ...process.env, LD_LIBRARY_PATH: libraries })
  }
}

/** Creates a browser context that reaches only this machine. Blocks and records every other request. */
export async function isolatedContext(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ context: BrowserContext; refused: string[]; sent: { url: string; body: string }[] }> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(90_000)
  const refused: string[] = []
  const sent: { url: string; body: string }[] = []
  await context.route('**/*', (route) => {
    const request = route.request()
    const { hostname, protocol } = new URL(request.url())
    if (hostname !== '127.0.0.1' && hostname !== 'localhost' && protocol !== 'data:') {
      refused.push(request.url())
      return route.abort()
    }
    sent.push({ url: request.url(), body: request.postData() ?? '' })
    return route.continue()
  })
  return { context, refused, sent }
}
