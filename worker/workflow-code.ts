import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'

const sourceOf = (name: string) => fileURLToPath(new URL(`../workflows/${name}.ts`, import.meta.url))

/** Returns the workflow code and its payload converter, bundled for a worker. Takes seconds. */
export async function workflowCode(workflowsPath = sourceOf('index')): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath: sourceOf('payload-converter'),
    logger: new DefaultLogger('ERROR'),
  })
  return code
}
