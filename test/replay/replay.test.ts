import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker'
import { DeterminismViolationError } from '@temporalio/workflow'
import { expect, inject, test } from 'vitest'
import { decodeHistory, leaksIn } from '../support/histories.ts'
import '../support/servers/temporal-runtime.ts'

const folder = new URL('./histories/', import.meta.url)
const recorded = readdirSync(folder).map((file) => ({
  workflowId: file.replace('.json', ''),
  text: readFileSync(new URL(file, folder), 'utf8'),
}))

async function replay(code: string) {
  const histories = recorded.map(({ workflowId, text }) => ({ workflowId, history: JSON.parse(text) as object }))
  const results = []
  for await (const result of Worker.runReplayHistories({ workflowBundle: { code } }, histories as never))
    results.push(result)
  return results
}

test('each kind of run is recorded', () => {
  const kinds = new Set(recorded.map(({ workflowId }) => workflowId.replace(/^v\d+-/, '')))
  expect([...kinds].sort()).toEqual([
    'bulk-completed',
    'canceled-with-refund',
    'completed',
    'declined-then-completed',
    'endpoint-disabled',
    'endpoint-recovered',
    'expired',
    // A run of a charge that the dispatcher started by a signal.
    'refund-pending',
    'replaced',
    // The workflow type `onboarding` with the input of a replacement, started by hand before inputs were validated.
    'replaced-by-hand',
  ])
})

test('recorded histories replay against the current code', async () => {
  const results = await replay(readFileSync(inject('bundlePath'), 'utf8'))
  expect(results).toHaveLength(recorded.length)
  for (const { workflowId, error } of results) expect(error, workflowId).toBeUndefined()
})

test('every recorded history detects a changed order of commands', async () => {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./changed-order.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  })
  for (const { workflowId, error } of await replay(code))
    expect(error, workflowId).toBeInstanceOf(DeterminismViolationError)
})

test('recorded histories contain no secrets and no personal data', () => {
  for (const { workflowId, text } of recorded)
    expect(leaksIn(decodeHistory(text), ['recorded-', 'http://', 'https://']), workflowId).toEqual([])
})
