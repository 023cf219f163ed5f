/** Returns a copy of objects, each with the mode of its account. */
export const inMode = <T extends object>(objects: T, livemode: boolean): T =>
  livemode
    ? (JSON.parse(JSON.stringify(objects), (name, value: unknown) => (name === 'livemode' ? true : value)) as T)
    : objects
