import type { Dispatcher } from 'undici'

/** Bytes of a body that are read, so that the socket can be reused, and bytes that are kept. */
const mostRead = 16_384
const mostKept = 1_024

/**
 * Reads the start of a body, for at most `time` milliseconds, and returns at most 1,024 characters of it. Never throws:
 * the status counts, regardless of the body. Closes the connection if the body does not end in time or is too long.
 */
export async function responseText(body: Dispatcher.ResponseData['body'], time: number): Promise<string> {
  const timer = setTimeout(() => body.destroy(), time)
  let kept = Buffer.alloc(0)
  let read = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (kept.length < mostKept) kept = Buffer.concat([kept, chunk.subarray(0, mostKept - kept.length)])
      read += chunk.length
      if (read > mostRead) break
    }
  } catch {
    // The part that arrived is kept.
  } finally {
    clearTimeout(timer)
  }
  return storable(kept)
}

/** Decodes UTF-8, with U+FFFD for broken bytes and control characters. PostgreSQL stores no NUL in a text. */
function storable(bytes: Buffer): string {
  // `stream` drops a character that the limit split.
  const text = new TextDecoder().decode(bytes, { stream: true })
  return text.replace(/[^\P{Cc}\t\r\n]/gu, '\ufffd')
}
