import type { Reporter, TestModule } from 'vitest/node'

const names = ['bodies', 'violations', 'requests', 'refused'] as const

/** Ends a run with a plain line that counts single tests, `N passed, N failed`, after lines that count judged data. */
export default class PlainLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    const judged = { bodies: 0, violations: 0, requests: 0, refused: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') count[state]++
        const own = test.meta().judged
        if (own) for (const name of names) judged[name] += own[name]
      }
      // A file that failed to load, or whose setup or teardown failed, counts as a failure.
      if (module.errors().length > 0) count.failed++
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
    const bodies = judged.bodies > 0 ? `judged ${judged.bodies} bodies, ${judged.violations} violations\n` : ''
    const requests =
      judged.requests > 0 ? `stripe-mock judged ${judged.requests} requests, ${judged.refused} refused\n` : ''
    // Runs after all other output at the end of a run.
    setImmediate(() =>
      process.stdout.write(`${bodies}${requests}${count.passed} passed, ${count.failed} failed${skipped}\n`),
    )
  }
}
