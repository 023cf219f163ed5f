import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { inject } from 'vitest'
import type { World } from './world.ts'

/** A worker in its own process, which can be frozen and killed. */
export class WorkerProcess {
  private child: ChildProcess | undefined
  /** The log lines so far. */
  readonly lines: string[] = []
  private readonly world: World
  private readonly env: NodeJS.ProcessEnv
  constructor(world: World, env: NodeJS.ProcessEnv = {}) {
    this.world = world
    this.env = env
  }

  async start(): Promise<void> {
    const { url } = this.world.simulator
    const child = spawn(process.execPath, [inject('workerProgram')], {
      stdio: ['ignore', 'pipe', process.env.TEST_LOG ? 'inherit' : 'ignore', 'ipc'],
      env: {
        ...process.env,
        DATABASE_URL: this.world.databaseUrl,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TASK_QUEUE: this.world.taskQueue,
        WORKFLOW_BUNDLE: inject('bundlePath'),
        STRIPE_TEST_SECRET_KEY: 'sk_test_world',
        STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_world',
        STRIPE_TEST_WEBHOOK_SECRET: 'whsec_test_only',
        STRIPE_API_URL: url,
        WEBHOOK_SECRET_KEYS: 'a-secret-of-this-test-run-and-no-other',
        GATEWAY_TIMEOUT_MS: '2000',
        LOG_LEVEL: 'warn',
        ...this.env,
      },
    })
    this.child = child
    createInterface({ input: child.stdout! }).on('line', (line) => this.lines.push(line))
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', (code) => reject(new Error(`the worker ended with ${code} before it was ready`)))
    })
  }

  signal = (signal: NodeJS.Signals) => this.child?.kill(signal)

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
}
