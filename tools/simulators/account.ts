import { openJournal, type Journal } from './journal.ts'

/** What an account at a vendor holds, on disk, under a clock of its own. */
export class Account {
  readonly journal: Journal
  constructor(file: string) {
    this.journal = openJournal(file)
  }

  /** The simulator's clock, which can be put forward. Seconds. */
  now(): number {
    return Math.floor(Date.now() / 1000) + (this.journal.get<number>('clock', 'offset') ?? 0)
  }

  advance(seconds: number): void {
    this.journal.put('clock', 'offset', (this.journal.get<number>('clock', 'offset') ?? 0) + seconds)
  }
}
