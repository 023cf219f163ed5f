import type { Doing } from './tasks.ts'

interface Note {
  transaction: number
  id: number
  text: string
  txid: number
}

/**
 * Checks the rows of a run: all rows of a committed transaction, none of a failed one (all or none if its commit was
 * sent), and no two transactions in one transaction of the server.
 */
export async function judgeNotes({ plan, control, ledger, ended }: Doing): Promise<void> {
  const notes = await control.sql<Note[]>`
    select transaction, id, text, txid from noted where run = ${plan.run} order by id`
  const wrong = (problem: string) => ledger.wrong.push(problem)
  for (const [id, end] of ended) {
    const there = notes.filter(({ transaction }) => transaction === id).map((note) => note.id)
    const all = [...end.noted].sort((a, b) => a - b)
    const isAll = there.join() === all.join()
    if (end.outcome === 'committed' && !isAll)
      wrong(`transaction ${id}: committed, but has rows ${there} instead of ${all}`)
    if (end.outcome === 'failed' && there.length > 0 && !(end.complete && isAll))
      wrong(`transaction ${id}: failed, but left rows ${there}`)
  }
  for (const [id, must] of ledger.inserted) {
    const count = notes.filter((note) => note.transaction === 0 && note.id === id).length
    if (count > 1 || (must !== undefined && count !== Number(must)))
      wrong(
        `insert ${id}: ${count} rows, but ${must === undefined ? 'got no response' : must ? 'succeeded' : 'failed'}`,
      )
  }
  const owners = new Map<number, string>()
  const servers = new Map<string, number>()
  for (const { transaction, id, txid, text } of notes) {
    const owner = transaction === 0 ? `insert ${id}` : `transaction ${transaction}`
    if (text !== `${plan.run}.${id}`) wrong(`${owner}: contains ${text}`)
    if ((owners.get(txid) ?? owner) !== owner) wrong(`${owner}: ran in the transaction of ${owners.get(txid)}`)
    if ((servers.get(owner) ?? txid) !== txid) wrong(`${owner}: ran in two transactions of the server`)
    owners.set(txid, owner)
    servers.set(owner, txid)
  }
}
