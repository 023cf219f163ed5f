import { writeFileSync } from 'node:fs'
import { workflowCode } from '../../worker/workflow-code.ts'

/** Bundles the workflow code into a file for `WORKFLOW_BUNDLE`, which saves a worker seconds at startup. */
export async function bundleWorkflows(file: string): Promise<string> {
  writeFileSync(file, await workflowCode())
  return file
}
