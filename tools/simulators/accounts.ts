import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from './account.ts'

/** The name of the account that existing tools and tests use. Its file has no name. */
export const defaultName = 'default'

/** Opens the account with this name. Every account but the default one follows its clock. */
type Open<A> = (name: string, file: string, clock?: Account) => A

/** The accounts at a vendor: each has data of its own, in a file of its own. They share one clock. */
export class Accounts<A extends { state: Account }> {
  readonly default: A
  private readonly opened = new Map<string, A>()
  private readonly open: (name: string) => A

  /** Opens the accounts whose files are in the folder. Others are opened when they are first asked for. */
  constructor(folder: string, vendor: string, open: Open<A>) {
    this.default = open(defaultName, join(folder, `${vendor}.jsonl`))
    this.opened.set(defaultName, this.default)
    this.open = (name) => open(name, join(folder, `${vendor}-${encodeURIComponent(name)}.jsonl`), this.default.state)
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      const [, name] = new RegExp(`^${vendor}-(.+)\\.jsonl$`).exec(file) ?? []
      if (name) this.named(decodeURIComponent(name))
    }
  }

  named(name: string): A {
    const found = this.opened.get(name) ?? this.open(name)
    this.opened.set(name, found)
    return found
  }

  all = (): A[] => [...this.opened.values()]

  /** Returns the account that has the object with this id, or the default account. */
  holding = (id: string): A => this.all().find((account) => has(account, id)) ?? this.default

  /** Returns whether another account has an object with one of these ids, and this account has none with it. */
  isOfAnother = (account: A, ids: string[]): boolean =>
    ids.some((id) => !has(account, id) && this.all().some((other) => has(other, id)))

  close(): void {
    for (const { state } of this.opened.values()) state.journal.close()
  }
}

const has = ({ state }: { state: Account }, id: string): boolean => state.journal.named(id).length > 0
