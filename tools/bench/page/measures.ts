import type { Browser } from 'playwright-core'
import type { PageStack } from './stack.ts'
import { visit, type VisitOptions } from './visit.ts'

// The visits that are measured. Each is of a new contact.

const goodCard = '4242424242424242'
const declinedCard = '4000000000000002'

type Visit = Awaited<ReturnType<typeof visit>>

async function visiting<T>(
  browser: Browser,
  stack: PageStack,
  options: VisitOptions,
  use: (visit: Visit) => Promise<T>,
) {
  const visited = await visit(browser, await stack.createLink(), options)
  try {
    return await use(visited)
  } finally {
    await visited.close()
  }
}

/** A slow device: how fast the page is there, and how fast it responds to a click. Milliseconds. */
export const measureSlow = (browser: Browser, stack: PageStack) =>
  visiting(browser, stack, { isSlow: true }, async (page) => {
    const usable = await page.usable(1)
    const painted = await page.firstPaint()
    const click = await page.submit(goodCard)
    const words = await page.words()
    const done = await page.done()
    return {
      firstPaint: painted - page.opened(),
      usable: usable - page.opened(),
      shiftToReady: page.shiftUntil(usable),
      shift: page.shiftUntil(done),
      words: words - click,
    }
  })

/** A payment, from the click to the end. Milliseconds, of which `gateway` were calls to the gateway. */
export const measurePayment = (browser: Browser, stack: PageStack) =>
  visiting(browser, stack, {}, async (page) => {
    const usable = await page.usable(1)
    const click = await page.submit(goodCard)
    const done = await page.done()
    return {
      done: done - click,
      gateway: stack.gateway.busyBetween(click, done),
      shiftToReady: page.shiftUntil(usable),
      shift: page.shiftUntil(Infinity),
    }
  })

/** A decline, from the click until another card can be submitted. Milliseconds. */
export const measureDecline = (browser: Browser, stack: PageStack) =>
  visiting(browser, stack, {}, async (page) => {
    await page.usable(1)
    const click = await page.submit(declinedCard)
    const usable = await page.usable(2)
    return { usable: usable - click, gateway: stack.gateway.busyBetween(click, usable), shift: page.shiftUntil(usable) }
  })

/** How long the card form takes, also while the script of the other gateway hangs. Milliseconds. */
export const measureUsable = (browser: Browser, stack: PageStack, hanging?: string) =>
  visiting(browser, stack, hanging ? { hanging } : {}, async (page) => (await page.usable(1)) - page.opened())
