import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Chance } from '../chaos/chance.ts'
import type { Control } from './control.ts'
import type { Fault, FaultKind, Plan, Position, Side } from './plan.ts'
import { phases } from './plan.ts'

export interface LinkOptions {
  port: number
  pieces: Plan['pieces']
  chance: Chance
  control: Control
  faults: Fault[]
  happened(kind: FaultKind): void
}

/** One connection through the relay. */
export interface Link {
  /** Stops all faults. */
  calm(): void
  destroy(): void
  ended: Promise<void>
}

interface State {
  gone: boolean
  calm: boolean
  /** Number of ReadyForQuery messages. Each of the first ones ends a phase. */
  ready: number
  /** The number of the next message in this phase, for each side. */
  next: Record<Side, number>
  /** Resolves after the current faults. Both sides wait for it. */
  wait: Promise<unknown>
}

export function makeLink(client: Socket, options: LinkOptions): Link {
  const server = connect(options.port, '127.0.0.1')
  const sockets = [client, server]
  const state: State = {
    gone: false,
    calm: false,
    ready: 0,
    next: { 'to server': 0, 'to client': 0 },
    wait: Promise.resolve(),
  }
  const left = options.faults.slice()
  for (const socket of sockets) socket.setNoDelay(true).on('error', () => socket.destroy())
  const destroy = () => {
    state.gone = true
    for (const socket of sockets) socket.destroy()
  }
  const forwarding = { pieces: options.pieces, chance: options.chance, state, take, perform }
  carry(client, server, 'to server', forwarding)
  carry(server, client, 'to client', forwarding)
  for (const fault of left) if ('after' in fault.at) setTimeout(() => void perform(fault), fault.at.after)
  client.on('close', () => server.destroySoon())
  server.on('close', () => client.destroySoon())
  const ended = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))))
  return { calm: () => void (state.calm = true), destroy, ended: ended.then(() => {}) }

  /** Returns the next fault at the start of the current message or inside it. */
  function take(side: Side): (Fault & { at: Position }) | undefined {
    const phase = phases[Math.min(state.ready, phases.length - 1)]
    const index = left.findIndex(
      ({ at }) => 'side' in at && at.side === side && at.phase === phase && at.message === state.next[side],
    )
    return index === -1 ? undefined : (left.splice(index, 1)[0] as Fault & { at: Position })
  }
  function perform(fault: Fault): Promise<void> {
    if (state.gone || state.calm) return Promise.resolve()
    options.happened(fault.kind)
    const happens = execute(fault)
    state.wait = Promise.all([state.wait, happens])
    return happens
  }
  async function execute({ kind, pause }: Fault): Promise<void> {
    if (kind === 'end' || kind === 'reset') {
      state.gone = true
      for (const socket of sockets) {
        if (kind === 'reset') socket.resetAndDestroy()
        else socket.end().destroySoon()
      }
      return
    }
    const port = server.localPort
    if ((kind === 'kill' || kind === 'cancel') && port) await options.control[kind](port)
    await sleep(pause)
  }
}

interface Forwarding {
  pieces: Plan['pieces']
  chance: Chance
  state: State
  take(side: Side): (Fault & { at: Position }) | undefined
  perform(fault: Fault): Promise<void>
}

/** Forwards the messages of one side, in pieces of any size. */
function carry(from: Socket, to: Socket, side: Side, { pieces, chance, state, take, perform }: Forwarding): void {
  let held: Buffer = Buffer.alloc(0)
  let started = side === 'to client'
  /** Bytes of the current message: all of them, and those already forwarded. */
  let length = 0
  let passed = 0
  let split = false
  let ready = false
  let fault: (Fault & { at: Position }) | undefined
  let working = false
  let over = false

  from.on('data', (part: Buffer) => {
    held = held.length === 0 ? part : Buffer.concat([held, part])
    void work()
  })
  from.on('end', () => {
    over = true
    if (!working) to.end()
  })

  async function work(): Promise<void> {
    if (working) return
    working = true
    from.pause()
    if (pieces === 'merged') await sleep(chance.between(0, 3))
    to.cork()
    while (!state.gone && (await forwardPiece())) {
      // Repeat until nothing is left.
    }
    if (!state.gone) to.uncork()
    working = false
    if (over) to.end()
    else from.resume()
  }
  async function forwardPiece(): Promise<boolean> {
    await state.wait
    if (length === 0 && !begin()) return false
    if (fault?.at.offset === 0) await performFault()
    if (held.length === 0 || state.gone) return false
    const untilFault = fault ? fault.at.offset - passed : Infinity
    const piece = split ? chance.between(1, chance.pick([3, 60, 4_000])) : Infinity
    const size = Math.min(length - passed, held.length, untilFault, piece)
    to.write(held.subarray(0, size))
    held = held.subarray(size)
    passed += size
    if (passed === fault?.at.offset) await performFault()
    if (passed === length) finish()
    if (split) await flush()
    return true
  }
  /** A message has a type byte, a length in four bytes, and a body. The client's first message has no type byte. */
  function begin(): boolean {
    if (held.length < 5) return false
    length = started ? 1 + held.readUInt32BE(1) : held.readUInt32BE(0)
    passed = 0
    split = pieces === 'split' && chance.between(1, 3) === 1
    ready = started && side === 'to client' && held[0] === 'Z'.charCodeAt(0)
    started = true
    fault = take(side)
    if (fault) fault.at.offset = Math.min(fault.at.offset, length - 1)
    return true
  }
  function finish(): void {
    length = 0
    state.next[side]++
    if (ready && ++state.ready < phases.length) state.next = { 'to server': 0, 'to client': 0 }
  }
  async function performFault(): Promise<void> {
    const current = fault!
    fault = undefined
    await flush()
    await perform(current)
  }
  /** Sends the buffered bytes as a separate piece. */
  async function flush(): Promise<void> {
    to.uncork()
    await nextTurn()
    to.cork()
  }
}
