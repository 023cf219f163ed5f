import { connect, type Socket } from 'node:net'

// The browsers of open pages in one process: `visitors.ts <port>`. Each message with links opens their pages, which ask
// for their progress as the page's script does. Sends what each received when it changed, and the number held once all
// are open.

const port = Number(process.argv[2])
/** Pages that are opened at the same time. */
const openingAtOnce = 40

/** The path of a page, with its token. */
export interface Link {
  id: string
  path: string
  token: string
}

/** Sent to the parent process for each change that a page received. `at` is in milliseconds since 1970. */
export interface Received {
  id: string
  at: number
}

interface Page extends Link {
  seen: string
  opened: () => void
}

function ask(socket: Socket, { path, token, seen }: Page): void {
  const query = seen ? `?wait=25&seen=${seen}` : ''
  socket.write(`GET ${path}/progress${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nSetup-Token: ${token}\r\n\r\n`)
}

function take(socket: Socket, page: Page, text: string): void {
  const status = text.slice(9, 12)
  const version = /"version":"([\w-]+)"/.exec(text)?.[1]
  // A busy machine: the page's script asks again, too.
  if (status === '503') return void setTimeout(() => ask(socket, page), 1_000)
  if (status !== '204' && version === undefined) throw new Error(`a page received: ${text.slice(0, 200)}`)
  const isFirst = page.seen === ''
  if (version !== undefined) page.seen = version
  if (isFirst) page.opened()
  else if (version !== undefined)
    process.send!({ id: page.id, at: performance.timeOrigin + performance.now() } satisfies Received)
  ask(socket, page)
}

const isWhole = (text: string) => {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  if (text.startsWith('HTTP/1.1 204')) return true
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1]
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length)
}

const open = (link: Link): Promise<void> =>
  new Promise((opened, reject) => {
    const page: Page = { ...link, seen: '', opened }
    const socket = connect(port, '127.0.0.1', () => ask(socket, page))
    let text = ''
    socket.on('error', reject).on('data', (part: Buffer) => {
      text += part.toString('latin1')
      if (!isWhole(text)) return
      const whole = text
      text = ''
      take(socket, page, whole)
    })
  })

process.on('message', async (links: Link[]) => {
  const left = [...links]
  const openSome = async () => {
    for (let link = left.pop(); link; link = left.pop()) await open(link)
  }
  await Promise.all(Array.from({ length: openingAtOnce }, openSome))
  process.send!(links.length)
})
process.send!('ready')
