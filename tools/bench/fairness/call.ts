import { request, type Agent } from 'node:http'

export interface Call {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: object
}

/** Makes a call over keep-alive connections. Returns its status, the bytes received and, with `read`, the body. */
export function send(
  { port, agent }: { port: number; agent: Agent },
  { method, path, headers, body }: Call,
  read = true,
): Promise<{ status: number; text: string; bytes: number }> {
  return new Promise((resolve, reject) => {
    const json = body ? { 'Content-Type': 'application/json' } : {}
    const sent = request({ port, path, agent, method, headers: { ...json, ...headers } })
    sent.on('error', reject).on('response', (answer) => {
      let text = ''
      let bytes = 0
      answer.on('data', (part: Buffer) => {
        bytes += part.length
        if (read) text += part.toString()
      })
      answer.on('end', () => resolve({ status: answer.statusCode!, text, bytes }))
    })
    sent.end(body && JSON.stringify(body))
  })
}
