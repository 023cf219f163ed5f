import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createUploadTurns } from '../../../api/call/limits/upload-turns.ts'
import { receiveBody } from '../../../api/uploads/receive-body.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Reads a body of which a part arrives every 5 seconds. Returns its size, or why it was rejected. */
async function receive(parts: number, bytesPerPart: number): Promise<number | string> {
  let left = parts
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 5_000))
        if (left-- > 0) controller.enqueue(new Uint8Array(bytesPerPart))
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const received = (async () => {
    let size = 0
    const receiving = { hash: createHash('sha256'), onPart: () => {}, reading: createUploadTurns().reading }
    for await (const part of receiveBody(body, receiving)) size += part.length
    return size
  })().catch((error: Error) => error.message)
  await vi.runAllTimersAsync()
  return received
}

test.each([
  ['is complete if it arrives with 16 KB per second', 30, 5 * 16_384, 30 * 5 * 16_384],
  ['is complete if it is small, whatever its rate', 1, 1, 1],
  ['is rejected if it trickles', 30, 1, 'must arrive with at least 16 KB per second'],
  ['is rejected if it is a little slower', 60, 4 * 16_384, 'must arrive with at least 16 KB per second'],
])('a body %s', async (_, parts, bytesPerPart, expected) => {
  expect(await receive(parts, bytesPerPart)).toBe(expected)
})
