import { readFileSync, writeFileSync } from 'node:fs'

// Runs after each install: mends how postgres.js 3.4.9 loses a connection, and what its pool never forgets
// (docs/decisions/0007). Plain JavaScript without packages, as production installs have no others. Where the text is not
// there, the driver is another: look at it anew.

const connection = [
  {
    // A connection that is gone cannot be written to: whoever waits for it is told, where it was an uncaught TypeError.
    from: `    const x = socket.write(chunk, fn)
    nextWriteTimer !== null && clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    return x
`,
    to: `    const x = chunk
    nextWriteTimer !== null && clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    if (socket)
      return socket.write(x, fn)
    const lost = Errors.connection('CONNECTION_CLOSED', options)
    query && queryError(query, lost)
    query = null
    while (sent.length)
      queryError(sent.shift(), lost)
    return true
`,
  },
  {
    // What was not sent yet is forgotten together with its timer: a timer that is only cleared looks set for ever, and
    // the connection sends nothing more.
    from: `    incomings = null
    clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)
`,
    to: `    incomings = null
    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener('data', data)
`,
  },
  {
    // Statements that came between a socket's error and its end are told too. They were kept, without having been sent,
    // and took the answers of those that were sent on the next connection.
    from: `    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
    closedTime`,
    to: `    ;(query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
    query = null
    closedTime`,
  },
  {
    // Of an answer that was cut off nothing may be left: its rows stood before those of the next answer, and its error
    // was told to the first statement of the next connection.
    from: `    if (initial)
      return reconnect()
`,
    to: `    rows = 0
    result = new Result()
    results = errorResponse = null
    if (initial) {
      query = null
      return reconnect()
    }
`,
  },
  {
    // A statement that fails after it sent rows has no CommandComplete. The next statement's rows began behind its own,
    // with holes in front of them, so a reader of the first row found none.
    from: `    query = results = errorResponse = null
    result = new Result()
    connectTimer`,
    to: `    query = results = errorResponse = null
    result = new Result()
    rows = 0
    connectTimer`,
  },
  {
    // The driver's own first query: its failure is the failure of the query behind it, which is told already.
    from: `        return fetchArrayTypes()
`,
    to: `        return fetchArrayTypes().catch(() => {})
`,
  },
]

// Statements of ours that set up each new session, before any other runs on it. As startup parameters an older server and
// PgBouncer would refuse them (docs/decisions/0016). A connection where they fail is closed.
connection.push(
  {
    from: `    , needsTypes = options.fetch_types
`,
    to: `    , needsTypes = options.fetch_types
    , needsSession = options.session
`,
  },
  {
    from: `      needsTypes = options.fetch_types
      statementId`,
    to: `      needsTypes = options.fetch_types
      needsSession = options.session
      statementId`,
  },
  {
    from: `      if (needsTypes) {
        initial.reserve`,
    to: `      if (needsSession) {
        needsSession = false
        return new Query([options.session], [], execute, null, { simple: true }).catch(() => socket && socket.destroy())
      }

      if (needsTypes) {
        initial.reserve`,
  },
)

const index = [
  {
    from: `    socket          : o.socket,
`,
    to: `    socket          : o.socket,
    session         : o.session,
`,
  },
]

const queue = [
  {
    // What was handed out is forgotten. It was kept until the queue was empty, which the queue of free connections may never
    // be: each statement made it longer, and looked through all of it.
    from: `        xs[index - 1] = undefined
`,
    to: `        xs[index - 1] = undefined
        if (index * 2 > xs.length) {
          xs = xs.slice(index)
          index = 0
        }
`,
  },
]

function mend(file, mends) {
  const driver = new URL(file, import.meta.resolve('postgres'))
  let text = readFileSync(driver, 'utf8')
  for (const { from, to } of mends) {
    if (text.includes(to)) continue
    if (text.split(from).length !== 2)
      throw new Error('this is not postgres.js 3.4.9: see scripts/mend-driver.js and docs/decisions/0007')
    text = text.replace(from, to)
  }
  writeFileSync(driver, text)
}

mend('connection.js', connection)
mend('queue.js', queue)
mend('index.js', index)
