import type { ElementHandle, Page } from 'playwright-core'
import { expect } from 'vitest'

// A customer who uses the page with the keyboard alone.

/** Returns the element that has the focus, also in a frame of the page. */
async function focused(page: Page): Promise<ElementHandle<HTMLElement>> {
  let frame = page.mainFrame()
  for (;;) {
    const active = await frame.evaluateHandle(() => (document.activeElement ?? document.body) as HTMLElement)
    const inside = await active.contentFrame()
    if (!inside) return active
    frame = inside
  }
}

/** Returns what a person calls the element that has the focus: its label or its text. */
export const focusedName = async (page: Page): Promise<string> =>
  (await focused(page)).evaluate((element) => {
    const label = (element as HTMLInputElement).labels?.[0] ?? element
    return element === document.body ? '' : label.innerText.trim()
  })

/** Presses Tab, or another key, until an element with this name has the focus. Returns the names on the way. */
export async function tabTo(page: Page, name: string, key = 'Tab'): Promise<string[]> {
  const passed: string[] = []
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press(key)
    const found = await focusedName(page)
    if (found === name) return passed
    passed.push(found)
  }
  throw new Error(`no key press leads to "${name}", only to ${JSON.stringify(passed)}`)
}

/** Presses the button that has the focus, as soon as it can be pressed. */
export async function pressWhenEnabled(page: Page, name: string): Promise<void> {
  expect(await focusedName(page)).toBe(name)
  const button = await focused(page)
  await expect.poll(() => button.getAttribute('aria-disabled')).not.toBe('true')
  await page.keyboard.press('Enter')
}

/** Enters a card into the form, field after field. The focus is before it. */
export async function typeCard(page: Page, number: string): Promise<void> {
  for (const [field, value] of [
    ['Card number', number],
    ['Expiration date', '12 / 34'],
    ['Security code', '123'],
  ] as const) {
    await tabTo(page, field)
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(value)
  }
}
