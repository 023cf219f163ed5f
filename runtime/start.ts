/** Does what a program needs before it starts; where that throws, ends the program with the message alone. */
export async function beforeStart<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(1)
  }
}
