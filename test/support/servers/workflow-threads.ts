import { ThreadedVMWorkflowCreator } from '@temporalio/worker/lib/workflow/threaded-vm.js'

// A worker compiles the SDK and the workflow code in a thread of its own, which takes half of the time to open a world.
// Importing this file lets a worker that has stopped leave its thread to the next one of this process with the same
// code. Two workers never share one.

type Options = Parameters<typeof ThreadedVMWorkflowCreator.create>[0]

const left: LastingThreads[] = []
const create = ThreadedVMWorkflowCreator.create

class LastingThreads extends ThreadedVMWorkflowCreator {
  options!: Options

  override async destroy(): Promise<void> {
    if (this.workerThreadClients.some((thread) => thread.getActiveWorkflowCount() > 0)) await super.destroy()
    else left.push(this)
  }

  suits({ workflowBundle, threadPoolSize, isolateExecutionTimeoutMs, reuseV8Context, ...other }: Options): boolean {
    const { options } = this
    return (
      options.workflowBundle.code === workflowBundle.code &&
      options.threadPoolSize === threadPoolSize &&
      options.isolateExecutionTimeoutMs === isolateExecutionTimeoutMs &&
      options.reuseV8Context === reuseV8Context &&
      [...options.registeredActivityNames].join() === [...other.registeredActivityNames].join()
    )
  }
}

ThreadedVMWorkflowCreator.create = async (options) => {
  const index = left.findIndex((threads) => threads.suits(options))
  if (index >= 0) return left.splice(index, 1)[0]!
  return Object.assign((await create.call(LastingThreads, options)) as LastingThreads, { options })
}
