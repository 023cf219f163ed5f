// The link's token in a preview, which has none. Previews in one tab must not change each other, so nothing is stored.

export const linkToken = (): string => ''
export const keepCoolDown = (): void => {}
export const keptCoolDown = (): number => 0
export const reopen = (): void => {}
export const takeToken = () => ({ isBack: false, isCanceled: false, isKept: true })
