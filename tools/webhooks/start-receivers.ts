import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Arrival } from './receiver.ts'
import type { Message } from './receivers.ts'

/** Starts the receivers in a process of their own. `arrivals` returns what has arrived at each, by its name. */
export async function startReceivers(later: (close: () => Promise<unknown>) => void) {
  const program = fileURLToPath(new URL('./receivers.ts', import.meta.url))
  const child = fork(program, { execArgv: ['--import', import.meta.resolve('tsx')] })
  later(async () => void child.disconnect())
  const next = (kind: Message['kind']) =>
    new Promise<Message>((resolve, reject) => {
      const onMessage = (message: Message) => {
        if (message.kind !== kind) return
        child.off('message', onMessage)
        resolve(message)
      }
      child.on('message', onMessage)
      child.once('exit', () => reject(new Error('the receivers ended')))
    })
  const started = await next('started')
  return {
    urls: started.kind === 'started' ? started.urls : {},
    async arrivals(): Promise<Record<string, Arrival[]>> {
      const arrived = next('arrived')
      child.send('report')
      const message = await arrived
      return message.kind === 'arrived' ? message.arrivals : {}
    },
  }
}
