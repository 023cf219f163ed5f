import { openJournal, type Journal } from './journal.ts'

/** The data of an account at a vendor, on disk. */
export class Account {
  readonly journal: Journal
  private readonly clock: Account

  /** `clock`: the account whose clock this one follows, instead of one of its own. */
  constructor(file: string, clock?: Account) {
    this.journal = openJournal(file)
    this.clock = clock ?? this
  }

  private get offset(): number {
    return this.clock.journal.get<number>('clock', 'offset') ?? 0
  }

  /** Returns the time of the simulator's clock, which can be advanced, in seconds since the epoch. */
  now(): number {
    return Math.floor(Date.now() / 1000) + this.offset
  }

  advance(seconds: number): void {
    this.clock.journal.put('clock', 'offset', this.offset + seconds)
  }
}
