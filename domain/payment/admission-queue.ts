// Whose turn it is while an organization is at its limit of declines (docs/decisions/0031).

/** A contact that asked in the last `presence` seconds and was not admitted since. */
export interface Waiting {
  id: string
  /** Where it comes from: its network address, or the contact itself for calls with an API key. */
  source: string
  /** Whether the contact existed before the organization came near its limit. */
  isKnown: boolean
  /** Seconds since it asked first, or since it was last sent to the end. */
  waited: number
  /** Seconds since it asked last. */
  askedAgo: number
  /** Seconds since it last let its turn pass; null if it did not since it was last admitted. */
  passedAgo: number | null
  /** Whether it was sent to the end then. */
  isSentBack: boolean
}

/** A contact that was admitted in the last `presence` seconds. */
export interface Admitted {
  source: string
  isKnown: boolean
  /** Seconds since then. */
  ago: number
}

/** Seconds after which a contact that does not ask again has left the queue. */
export const presence = 90
/** Maximum number of contacts in a queue. */
export const mostWaiting = 1_000
/** Maximum wait in seconds that a contact is told, so that it asks again in time to stay in the queue. */
export const longestWait = 30
/** Seconds within which a contact asks again even if its tab is hidden: browsers delay the timers to one per minute. */
const longestSilence = 65

/**
 * Returns the queue in order. Contacts that were known before and new ones alternate, so that neither keep out the
 * other. Within each half, sources take turns, and within a source the longest waiting is first.
 */
export function orderQueue(waiting: Waiting[], admitted: Admitted[]): Waiting[] {
  const turns = new Map<string, number>()
  for (const { source } of admitted) turns.set(source, (turns.get(source) ?? 0) + 1)
  const [known, others] = [true, false].map((of) => {
    const places = waiting.filter(({ isKnown }) => isKnown === of)
    return takeTurns(places, turns)
  }) as [Waiting[], Waiting[]]
  const last = admitted.reduce<Admitted | undefined>((a, b) => (a && a.ago <= b.ago ? a : b), undefined)
  const [first, second] = last?.isKnown ? [others, known] : [known, others]
  return first[0] && givesWay(first[0], admitted) ? alternate(second, first) : alternate(first, second)
}

/** A contact that was sent to the end lets two turns go first, even if no other contact of its half waits. */
const givesWay = ({ isSentBack, passedAgo }: Waiting, admitted: Admitted[]) =>
  isSentBack && admitted.filter(({ ago }) => ago < passedAgo!).length < 2

/**
 * Returns which of the contacts that let a turn pass go to the end: those that did not ask for longer than a hidden
 * tab, and those that let one pass before and asked since. Otherwise a contact that asks just after each turn could
 * delay every turn of the others.
 */
export const sentToEnd = (passed: Waiting[]): Waiting[] =>
  passed.filter(({ askedAgo, passedAgo }) => askedAgo > longestSilence || (passedAgo !== null && askedAgo < passedAgo))

/** Sorts by the number of turns that the source has before, in the last `presence` seconds and in this queue. */
function takeTurns(waiting: Waiting[], admitted: ReadonlyMap<string, number>): Waiting[] {
  const turns = new Map(admitted)
  return [...waiting]
    .sort((a, b) => b.waited - a.waited || (a.id < b.id ? -1 : 1))
    .map((place) => {
      const before = turns.get(place.source) ?? 0
      turns.set(place.source, before + 1)
      return { place, before }
    })
    .sort((a, b) => a.before - b.before)
    .map(({ place }) => place)
}

const alternate = (first: Waiting[], second: Waiting[]): Waiting[] =>
  Array.from({ length: Math.max(first.length, second.length) }, (_, i) => [first[i], second[i]])
    .flat()
    .filter((place) => place !== undefined)

export interface Pace {
  /** Seconds between two admissions. */
  pause: number
  /** Seconds since the newest submission or form that counts. */
  sinceNewest: number
}

/**
 * Returns the seconds to wait, 0 if it is the contact's turn. The first in the queue has a few seconds to take its
 * turn; then the second can take it, and so on: a contact that left delays the others no longer than that.
 */
export function waitFor(id: string, queue: Waiting[], admitted: Admitted[], { pause, sinceNewest }: Pace): number {
  const index = queue.findIndex((place) => place.id === id)
  const ahead = index < 0 ? queue.length : index
  // A paid submission does not count, and frees the turn at once.
  const freeFor = Math.min(sinceNewest - pause, ...admitted.map(({ ago }) => ago))
  const held = Math.min(Math.max(pause, 2), 10)
  if (index >= 0 && freeFor >= ahead * held) return 0
  return Math.max(1, Math.min(longestWait, Math.ceil(Math.max(0, -freeFor) + ahead * pause)))
}
