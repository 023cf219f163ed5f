import { invalid } from '../../domain/failure/failures.ts'

/** Longest line, in bytes. A row is shorter; a file without line breaks must not fill the memory. */
const longestLine = 256 * 1024

/** Returns the error about a line of the file. */
export const wrongLine = (line: number, message: string) => invalid(`line ${line}`, message)

/** Returns the number of line breaks in a text. */
export const countLines = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0

const notUtf8 = 'is not UTF-8; save the file as "CSV UTF-8"'

/**
 * Decodes a file that arrives in parts: UTF-8, or UTF-16 with a byte order mark, which is removed. Throws
 * `invalid_request` with the number of an undecodable line, because a wrong character in a name would be stored.
 */
export async function* decodeText(parts: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decode: ReturnType<typeof utf8Lines> | ReturnType<typeof utf16> | undefined
  let start: Buffer = Buffer.alloc(0)
  for await (const part of parts) {
    if (decode) {
      yield decode(part)
      continue
    }
    start = Buffer.concat([start, part])
    if (start.length < 3) continue
    decode = decoderOf(start)
    yield decode(start)
  }
  decode ??= decoderOf(start)
  yield decode(start.length < 3 ? start : Buffer.alloc(0), true)
}

function decoderOf(start: Buffer) {
  if (start[0] === 0xff && start[1] === 0xfe) return utf16('utf-16le')
  if (start[0] === 0xfe && start[1] === 0xff) return utf16('utf-16be')
  return utf8Lines()
}

function utf16(encoding: 'utf-16le' | 'utf-16be') {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let lines = 1
  return (bytes: Uint8Array, isLast = false): string => {
    try {
      const text = decoder.decode(bytes, { stream: !isLast })
      lines += countLines(text)
      return text
    } catch {
      throw wrongLine(lines, 'is not well-formed UTF-16, or comes shortly before text that is not')
    }
  }
}

/** Decodes whole lines, so that an error can name the line: in UTF-8, a line break is never part of a character. */
function utf8Lines() {
  let pending: Uint8Array[] = []
  let size = 0
  let line = 1
  let isFirst = true
  return (bytes: Uint8Array, isLast = false): string => {
    const end = isLast ? bytes.length : endOfLines(bytes)
    size += bytes.length
    if (end === 0 && !isLast) {
      if (size > longestLine) throw wrongLine(line, `must be at most ${longestLine / 1024} KB`)
      pending.push(bytes)
      return ''
    }
    const whole = Buffer.concat([...pending, bytes.subarray(0, end)])
    pending = [bytes.subarray(end)]
    size = bytes.length - end
    const text = decodeLines(whole, line)
    line += countLines(text)
    const hasMark = isFirst && text.startsWith('\ufeff')
    isFirst = false
    return hasMark ? text.slice(1) : text
  }
}

/** Returns where the last whole line ends. A carriage return at the very end may be half a line break. */
function endOfLines(bytes: Uint8Array): number {
  return bytes.lastIndexOf(10) + 1 || bytes.subarray(0, -1).lastIndexOf(13) + 1
}

function decodeLines(bytes: Buffer, line: number): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    return decoder.decode(bytes)
  } catch {
    throw wrongLine(line + findWrong(bytes), notUtf8)
  }
}

/** Returns the number of line breaks before the first line that is not UTF-8. */
function findWrong(bytes: Buffer): number {
  const lines = bytes.toString('latin1').split(/\r\n|\n|\r/)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  return lines.findIndex((line) => {
    try {
      decoder.decode(Buffer.from(line, 'latin1'))
      return false
    } catch {
      return true
    }
  })
}
