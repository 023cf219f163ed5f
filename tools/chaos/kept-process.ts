import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type RunningProcess } from '../local/processes.ts'

const pause = 500

/** A program that is kept running: killed when told to, and started again until it runs, whatever it needs being away. */
export class KeptProcess {
  kills = 0
  /** How often it ended though nobody killed it. */
  endedByItself = 0
  private readonly startProgram: () => Promise<RunningProcess>
  private running!: RunningProcess
  /** Resolves when it runs. */
  private up = Promise.resolve()
  private killed: { downFor: number } | undefined
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
      if (!this.killed) this.endedByItself++
      this.up = this.startAgain(this.killed?.downFor ?? pause)
      this.killed = undefined
    })
  }

  private async startAgain(after: number): Promise<void> {
    await sleep(after)
    while (!this.stopping) {
      try {
        await this.start()
        return
      } catch {
        // What it needs is away too, or what is left of its predecessor holds its place.
        await sleep(pause)
      }
    }
  }

  /** Kills it as a power cut would, once it runs. Resolves when it runs again. */
  async kill(downFor: number): Promise<void> {
    await this.up
    const { running } = this
    if (this.stopping || !isAlive(running.pid)) return
    this.kills++
    this.killed = { downFor }
    process.kill(running.pid, 'SIGKILL')
    await running.ended
    await this.up
  }

  async stop(): Promise<void> {
    this.stopping = true
    await this.up
    await this.running.stop()
  }
}
