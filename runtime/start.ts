import { escapedLines } from './terminal.ts'

/** Runs a startup step. If it throws, prints only the message and exits with 1. */
export async function beforeStart<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    console.error(escapedLines(error instanceof Error ? error.message : String(error)))
    process.exit(1)
  }
}
