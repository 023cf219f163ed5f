import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { expect, test } from 'vitest'

test('the workflow bundle contains no code for input, output or validation', async () => {
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url))
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
  expect(code).toContain('lookAtRecord')
  for (const foreign of [
    'node_modules/stripe',
    'node_modules/postgres',
    'node_modules/hono',
    'node_modules/zod',
    './activities/',
    './payments/',
    './store/',
  ]) {
    expect(code, foreign).not.toContain(foreign)
  }
})
