import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type RunningProcess } from '../local/processes.ts'

const pause = 500

/** A program that is restarted whenever it exits, and that can be killed. Restarts are retried until one succeeds. */
export class SupervisedProcess {
  kills = 0
  /** Number of times that it was stopped in order and started again. */
  renewals = 0
  /** Number of exits without a kill. */
  unexpectedExits = 0
  private readonly startProgram: () => Promise<RunningProcess>
  private running!: RunningProcess
  /** Resolves when it runs. */
  private up = Promise.resolve()
  private killed: { downFor: number | Promise<unknown> } | undefined
  private stopping = false

  constructor(startProgram: () => Promise<RunningProcess>) {
    this.startProgram = startProgram
  }

  async start(): Promise<this> {
    this.running = await this.startProgram()
    this.watch()
    return this
  }

  private watch(): void {
    void this.running.ended.then(() => {
      if (this.stopping) return
      if (!this.killed) this.unexpectedExits++
      this.up = this.restart(this.killed?.downFor ?? pause)
      this.killed = undefined
    })
  }

  private async restart(after: number | Promise<unknown>): Promise<void> {
    await (typeof after === 'number' ? sleep(after) : after)
    while (!this.stopping) {
      try {
        await this.start()
        return
      } catch {
        // A dependency is down too, or remains of the previous process still hold its port.
        await sleep(pause)
      }
    }
  }

  /**
   * Kills the program with SIGKILL once it runs, and starts it after so many milliseconds or when a promise resolves.
   * Resolves when it runs again.
   */
  async kill(downFor: number | Promise<unknown>): Promise<void> {
    await this.up
    const { running } = this
    if (this.stopping || !isAlive(running.pid)) return
    this.kills++
    this.killed = { downFor }
    process.kill(running.pid, 'SIGKILL')
    await running.ended
    await this.up
  }

  /**
   * Stops the program with SIGTERM once it runs, as an orchestrator does, and starts it again. Resolves when it runs.
   * Kills it after `patience` milliseconds.
   */
  async renew(patience: number): Promise<void> {
    await this.up
    const { running } = this
    if (this.stopping || !isAlive(running.pid)) return
    this.renewals++
    this.killed = { downFor: 0 }
    await running.stop('SIGTERM', patience)
    await this.up
  }

  async stop(): Promise<void> {
    this.stopping = true
    await this.up
    await this.running.stop()
  }
}
