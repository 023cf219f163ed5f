import { openJournal, type Journal } from './journal.ts'

/** An account at a vendor: data on disk, and its own clock. */
export class Account {
  readonly journal: Journal
  constructor(file: string) {
    this.journal = openJournal(file)
  }

  /** Returns the time of the simulator's clock, which can be advanced, in seconds since the epoch. */
  now(): number {
    return Math.floor(Date.now() / 1000) + (this.journal.get<number>('clock', 'offset') ?? 0)
  }

  advance(seconds: number): void {
    this.journal.put('clock', 'offset', (this.journal.get<number>('clock', 'offset') ?? 0) + seconds)
  }
}
