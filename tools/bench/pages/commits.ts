import { openHints } from '../../../store/changes/hints.ts'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import { median } from '../measure.ts'
import { changePrice } from './database.ts'

/** Milliseconds of one turn. */
const turnLength = 2_000
const writers = 8

/** Returns the number of commits in one turn of all writers. */
async function turn(database: Database, ids: string[]): Promise<number> {
  const end = performance.now() + turnLength
  let commits = 0
  const write = async (writer: number) => {
    for (let i = writer; performance.now() < end; i += writers) {
      await changePrice(database, ids[i % ids.length]!)
      commits++
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
  return commits
}

/** Returns the commits per second with and without hints, and the median of their ratios over `rounds`. */
export async function compareCommits(url: string, ids: string[], rounds: number) {
  const hints = openHints(url, 'commits')
  const [plain, hinting] = [
    openDatabase(url, { name: 'without hints', max: 10 }),
    openDatabase(url, { name: 'with hints', max: 10, afterChange: hints.send }),
  ]
  const found: { without: number; with: number }[] = []
  await turn(plain, ids)
  await turn(hinting, ids)
  for (let round = 0; round < rounds; round++) {
    // The order alternates, so that the noise of the machine affects both equally.
    const first = await turn(round % 2 ? hinting : plain, ids)
    const second = await turn(round % 2 ? plain : hinting, ids)
    found.push(round % 2 ? { with: first, without: second } : { without: first, with: second })
  }
  await Promise.all([plain.end(), hinting.end(), hints.close()])
  const perSecond = (kind: 'with' | 'without') => (median(found.map((each) => each[kind])) / turnLength) * 1000
  return {
    without: perSecond('without'),
    with: perSecond('with'),
    ratio: median(found.map((each) => each.with / each.without)),
  }
}
