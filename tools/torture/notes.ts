import type { Doing } from './tasks.ts'

interface Note {
  transaction: number
  id: number
  text: string
  txid: number
}

/**
 * Judges what the run has left in the table: of a transaction that was committed all, of one that failed nothing (all
 * or nothing, where its commit was on its way), each in a transaction of the server that nothing else was in.
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
      wrong(`transaction ${id}: committed, but has ${there} in place of ${all}`)
    if (end.outcome === 'failed' && there.length > 0 && !(end.complete && isAll))
      wrong(`transaction ${id}: failed, but has left ${there}`)
  }
  for (const [id, must] of ledger.inserted) {
    const count = notes.filter((note) => note.transaction === 0 && note.id === id).length
    if (count > 1 || (must !== undefined && count !== Number(must)))
      wrong(`insert ${id}: is there ${count} times, and was ${must ? 'answered' : 'refused'}`)
  }
  const owners = new Map<number, string>()
  const servers = new Map<string, number>()
  for (const { transaction, id, txid, text } of notes) {
    const owner = transaction === 0 ? `insert ${id}` : `transaction ${transaction}`
    if (text !== `${plan.run}.${id}`) wrong(`${owner}: holds ${text}`)
    if ((owners.get(txid) ?? owner) !== owner) wrong(`${owner}: ran in the transaction of ${owners.get(txid)}`)
    if ((servers.get(owner) ?? txid) !== txid) wrong(`${owner}: ran in two transactions of the server`)
    owners.set(txid, owner)
    servers.set(owner, txid)
  }
}
