import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { save } from './arguments.ts'

/** Writes results as JSON, with the time and the machine, and prints the path. */
export function writeResults(name: string, results: Record<string, unknown>): void {
  const folder = `tools/bench/results/${save ? '' : 'unsaved/'}`
  const out = new URL(`../../${folder}`, import.meta.url)
  mkdirSync(out, { recursive: true })
  const machine = { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version }
  const text = JSON.stringify({ at: new Date().toISOString(), machine, ...results }, null, 2)
  writeFileSync(new URL(`${name}.json`, out), `${text}\n`)
  console.log(`Results written to ${folder}${name}.json`)
}
