import { Agent, request } from 'node:http'

/** Sends a POST request over a keep-alive connection. Returns the response body. Throws for another status than 2xx. */
export type Post = (port: number, path: string, headers: Record<string, string>, body: object) => Promise<string>

/** Returns a function that posts over at most so many connections to each port. */
export function createPost(lanes: number): Post {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes })
  return (port, path, headers, body) =>
    new Promise((resolve, reject) => {
      const sent = request({
        port,
        path,
        agent,
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
      })
      sent.on('error', reject).on('response', (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (part: string) => (text += part))
        answer.on('end', () =>
          answer.statusCode! < 300 ? resolve(text) : reject(new Error(`${path}: ${answer.statusCode} ${text}`)),
        )
      })
      sent.end(JSON.stringify(body))
    })
}

/** Repeats a call on so many lanes for so many milliseconds. Returns the calls per second. */
export async function callsPerSecond(call: () => Promise<unknown>, lanes: number, milliseconds: number) {
  const began = performance.now()
  let answered = 0
  const lane = async () => {
    for (; performance.now() < began + milliseconds; answered++) await call()
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return (answered * 1_000) / (performance.now() - began)
}
