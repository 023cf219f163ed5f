// The link's token in a preview, which has none.

export const linkToken = (): string => ''
export const reopen = (): void => {}
export const takeToken = () => ({ isBack: false, isCanceled: false, isKept: true })
