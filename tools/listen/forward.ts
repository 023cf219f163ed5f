import type { Post, TryResult } from '../../domain/webhooks/post.ts'
import { shownUrl } from '../../runtime/terminal.ts'

/** An event as it was pulled. */
export interface Pulled {
  id: string
  type: string
}

export interface Forwarding {
  post: Post
  url: string
  key: Uint8Array
  say: (line: string) => void
  /** Waits for this many milliseconds. Rejects when the program ends. */
  pause: (milliseconds: number) => Promise<void>
}

/** A server that is not there yet, or is starting again, gets the event later. Others are answers. */
const absent: readonly (string | null)[] = ['refused', 'reset', 'dns']
const pauseIfAbsent = 2_000
const mostTries = 3

const outcomeOf = ({ status, error, took }: TryResult) => `→ ${status ?? error} in ${took} ms`

/**
 * Returns a function that forwards an event as a signed webhook. It returns whether the event is over: the server
 * accepted it, or refused it several times.
 */
export function createForward({ post, url, key, say, pause }: Forwarding): (event: Pulled) => Promise<boolean> {
  const refusals = new Map<string, number>()

  async function untilPresent(event: Pulled): Promise<TryResult> {
    let said = false
    for (;;) {
      const result = await post({ url, eventId: event.id, at: new Date(), body: JSON.stringify(event), secrets: [key] })
      if (!absent.includes(result.error)) return result
      if (!said) say(`${event.id} ${event.type} waits: no server at ${shownUrl(url)} (${result.error})`)
      said = true
      await pause(pauseIfAbsent)
    }
  }

  return async (event) => {
    const result = await untilPresent(event)
    const line = `${event.id} ${event.type} ${outcomeOf(result)}`
    const count = (refusals.get(event.id) ?? 0) + 1
    const isOver = result.error === null || count >= mostTries
    if (isOver) refusals.delete(event.id)
    else refusals.set(event.id, count)
    if (result.error === null) say(line)
    else if (isOver) say(`${line}; skipped after ${mostTries} attempts`)
    else say(`${line}; it is sent again in 20 s`)
    return isOver
  }
}
