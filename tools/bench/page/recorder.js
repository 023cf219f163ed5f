// Runs in each document of a visit before the page's own script, and notes what the customer sees and when. Knows only
// what pages of all versions have: the form, its button, and role=status and role=alert.
;(() => {
  if (window !== top) return
  const note = (name, at = performance.now(), value = 0) =>
    void window.noteVisit({ name, at: performance.timeOrigin + at, value })

  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
  watch('paint', ({ name, startTime }) => note(name, startTime))
  watch('layout-shift', ({ startTime, value, hadRecentInput }) => hadRecentInput || note('shift', startTime, value))

  const button = () => document.querySelector('form#payment button[type="submit"]')
  const isUsable = () => {
    const found = button()
    return found !== null && !found.closest('[hidden]') && !found.matches(':disabled, [aria-disabled="true"]')
  }
  const said = () =>
    [button(), ...document.querySelectorAll('main [role="status"], main [role="alert"]')]
      .map((part) => part?.textContent)
      .join()
  const isDone = () => document.querySelector('h1')?.textContent === 'You are all set'

  let wasUsable = false
  let wasDone = false
  let saidAtClick
  addEventListener(
    'click',
    ({ target, timeStamp }) => {
      if (target !== button()) return
      note('click', timeStamp)
      saidAtClick = said()
    },
    true,
  )
  new MutationObserver(() => {
    if (isUsable() && !wasUsable) note('usable')
    wasUsable = isUsable()
    if (isDone() && !wasDone) note('done')
    wasDone = isDone()
    if (saidAtClick === undefined || said() === saidAtClick) return
    saidAtClick = undefined
    requestAnimationFrame(() => note('words'))
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
  note('opened', 0)
})()
