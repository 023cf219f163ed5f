interface Overlay {
  title: string
  closeLabel: string
  /** The customer asks to close it, with Esc. */
  onAsked: () => void
  /** The customer closed it. */
  onClosed: () => void
}

/**
 * Shows a frame in a dialog, which keeps the focus while it is open and gives it back at the end. Returns a function
 * that removes it. Styles are set by script, which needs no `unsafe-inline`.
 */
export function openOverlay(parent: Element, frame: Element, { title, closeLabel, ...on }: Overlay): () => void {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-label', title)
  dialog.style.cssText =
    'box-sizing:border-box;width:32rem;max-width:100%;max-height:100%;margin:auto;padding:0;border:0;' +
    'border-radius:.75rem;background:#f5f6f9;box-shadow:0 0 0 100vmax rgba(0,0,0,.5)'
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = '\u00d7'
  button.setAttribute('aria-label', closeLabel)
  button.style.cssText =
    'display:block;margin-inline-start:auto;width:2.75rem;height:2.75rem;border:0;background:none;color:#1c2430;' +
    'font:1.5rem/1 sans-serif;cursor:pointer'
  button.onclick = on.onClosed
  dialog.append(button, frame)
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    on.onAsked()
  })
  // Browsers close it in spite of that if Esc is pressed again.
  dialog.addEventListener('close', on.onClosed)
  parent.append(dialog)
  dialog.showModal()
  return () => {
    dialog.removeEventListener('close', on.onClosed)
    // Gives the focus back, which removing it would not.
    dialog.close()
    dialog.remove()
  }
}
