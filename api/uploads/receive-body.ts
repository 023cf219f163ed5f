import type { Hash } from 'node:crypto'
import { Failure, invalid } from '../../domain/failure/failures.ts'
import { mostBytes } from '../../domain/bulk/bulk.ts'
import type { Slots } from '../../domain/slots.ts'

/** Longest pause between two parts of a body, in milliseconds. It is shorter than the deadline of a call. */
const longestPause = 10_000
/**
 * Bytes per second that arrive on average, not counting the first pause and the time that reading takes. A slower
 * upload would keep others waiting for its turn.
 */
const leastRate = 16_384

const tooLarge = () => new Failure('too_large', `must be at most ${mostBytes / 1024 / 1024} MB`, { param: 'body' })
const tooSlow = () => invalid('body', `must arrive with at least ${leastRate / 1024} KB per second`)
const stalled = () => invalid('body', `stalled for ${longestPause / 1000} seconds`)

interface Receiving {
  /** The parts are added to it. */
  hash: Hash
  /** Runs for each part. */
  onPart: () => void
  reading: Slots
}

/**
 * Yields the parts of a body as they are consumed, each in its turn. Throws `too_large`, and `invalid_request` if the
 * body is interrupted, stalls or is slow.
 */
export async function* receiveBody(
  body: ReadableStream<Uint8Array> | null,
  { hash, onPart, reading }: Receiving,
): AsyncGenerator<Uint8Array> {
  if (!body) return
  const reader = body.getReader()
  let size = 0
  let waited = 0
  let isDone = false
  let endReading = () => {}
  try {
    for (;;) {
      endReading()
      const asked = performance.now()
      const { done, value } = await nextPart(reader)
      waited += performance.now() - asked
      isDone = done
      if (!value) return
      size += value.length
      if (size > mostBytes) throw tooLarge()
      if (waited > longestPause && size < ((waited - longestPause) / 1000) * leastRate) throw tooSlow()
      endReading = await reading.take()
      hash.update(value)
      onPart()
      yield value
    }
  } finally {
    endReading()
    if (!isDone) void reader.cancel().catch(() => {})
  }
}

async function nextPart(reader: ReadableStreamDefaultReader<Uint8Array>) {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(stalled()), longestPause)
  })
  try {
    return await Promise.race([reader.read(), late])
  } catch (error) {
    throw error instanceof Failure ? error : invalid('body', 'could not be read completely')
  } finally {
    clearTimeout(timer)
  }
}
