// What is changed in postgres.js 3.4.9, src/connection.js. Why: docs/decisions/0007.

export default [
  {
    why: `A statement that cannot be written as bytes (an undefined value, an invalid date) fails alone. Its error went to
      the statement in front of it, and it took the answer of the one behind it, because it counted as sent. Where nothing
      else is on its way, a Sync is sent in its place: the answer to it makes the connection free.
      BEGIN reserves the connection whatever waits in front of it: with a full pipeline it did not
      (github.com/porsager/postgres/issues/1189).`,
    from: `    try {
      q.state = backend
      query
        ? sent.push(q)
        : (query = q, query.active = true)

      build(q)
      return write(toBuffer(q))
        && !q.describeFirst
        && !q.cursorFn
        && sent.length < max_pipeline
        && (!q.options.onexecute || q.options.onexecute(connection))
    } catch (error) {
      sent.length === 0 && write(Sync)
      errored(error)
      return true
    }
`,
    to: `    let message
    try {
      build(q)
      message = toBuffer(q)
    } catch (error) {
      queryError(q, error)
      if (query)
        return true
      q.describeFirst = false
      message = Sync
    }

    q.state = backend
    query
      ? sent.push(q)
      : (query = q, query.active = true)
    const more = write(message)
      && !q.describeFirst
      && !q.cursorFn
      && sent.length < max_pipeline
    return q.options.onexecute ? q.options.onexecute(connection) : more
`,
  },
  {
    why: `A statement that is asked again goes as one message with its own Sync, with the types that the server named the
      first time. Its Parse was followed by a Flush, and whatever was sent behind it mixed with it.`,
    from: `    q.describeFirst = q.onlyDescribe || (parameters.length && !q.prepared)
    q.statement = q.prepared
      ? statements[q.signature]
      : { string, types, name: q.prepare ? statementId + statementCount++ : '' }
`,
    to: `    q.describeFirst = q.onlyDescribe || (parameters.length && !q.prepared && !q.retryTypes)
    q.statement = q.prepared
      ? statements[q.signature]
      : { string, types: q.retryTypes || types, name: q.prepare ? statementId + statementCount++ : '' }
`,
  },
  {
    why: `Its values are serialized anew from what was given: serialized twice, true became false and JSON a string.
      Where others were sent behind it, it goes back to the pool: between the two messages of one it took that one's
      place as the unnamed statement, and behind a BEGIN it became part of somebody else's transaction.`,
    from: `    delete statements[q.signature]
    q.retried = error
    execute(q)
`,
    to: `    q.retryTypes = q.statement.types
    q.retried = error
    q.parameters = null
    q.options = { ...q.options, prepare: false }
    sent.length > 0
      ? q.handler(q)
      : execute(q)
`,
  },
  {
    why: `A connection that is gone cannot be written to: whoever waits for it is told. It was a TypeError that nobody could
      catch (github.com/porsager/postgres/issues/1154, 1208).`,
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
    why: `A pool that is ended makes no connection any more: one that was about to be made anew stayed open.`,
    from: `    setTimeout(connect, closedTime`,
    to: `    reconnectTimer = setTimeout(connect, closedTime`,
  },
  {
    why: `See each name below.`,
    from: `    , needsTypes = options.fetch_types
`,
    to: `    , needsTypes = options.fetch_types
    , needsSession = options.session
    , preparing = false
    , reconnectTimer = null
    , attempts = 0
`,
  },
  {
    why: `Each statement that opens a connection has its own count of attempts.`,
    from: `      initial = query
      reconnect()
`,
    to: `      initial = query
      attempts = 0
      reconnect()
`,
  },
  {
    why: `A connection is ended from this side too, also one that is only being made: a server that does not answer kept it
      open, and with it the statements that waited for it.`,
    from: `    clearImmediate(nextWriteTimer)
    if (socket) {
      socket.removeListener('data', data)
      socket.removeListener('connect', connected)
      socket.readyState === 'open' && socket.end(b().X().end())
    }
`,
    to: `    clearImmediate(nextWriteTimer)
    clearTimeout(reconnectTimer)
    if (socket) {
      socket.removeListener('data', data)
      socket.removeListener('connect', connected)
      socket.readyState === 'open'
        ? (socket.end(b().X().end()), socket.destroySoon())
        : socket.destroy()
    }
`,
  },
  {
    why: `What was not sent yet is forgotten together with its timer: a timer that is only cleared looks set for ever, and
      the connection sends nothing more.
      Of an answer that was cut off nothing may be left: its rows stood before those of the next answer, and its error was
      told to the first statement of the next connection.
      A statement whose connection closes before it was sent is tried on the next, but not without end: a proxy without a
      server behind it closes each of them.
      Statements that came between a socket's error and its end are told too. They were kept, without having been sent, and
      took the answers of those that were sent on the next connection.
      Who waits for the connection to be ended is told as well.`,
    from: `    clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)
    socket.removeListener('connect', connected)
    idleTimer.cancel()
    lifeTimer.cancel()
    connectTimer.cancel()

    socket.removeAllListeners()
    socket = null

    if (initial)
      return reconnect()

    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
    closedTime`,
    to: `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener('data', data)
    socket.removeListener('connect', connected)
    idleTimer.cancel()
    lifeTimer.cancel()
    connectTimer.cancel()

    socket.removeAllListeners()
    socket = null

    rows = 0
    result = new Result()
    results = errorResponse = null
    preparing = false
    if (initial && ++attempts < 3 * options.host.length) {
      query = null
      return reconnect()
    }

    const lost = Errors.connection('CONNECTION_CLOSED', options, socket)
    errored(lost)
    query = null
    while (sent.length)
      queryError(sent.shift(), lost)
    ended && (ended(), ending = ended = null)
    closedTime`,
  },
  {
    why: `A prepared statement that the server no longer runs as it was described is forgotten also in a transaction, where
      it cannot be retried: it failed for as long as the connection lived. What is retried fails with its own error.
      The end of a transaction is not retried: a second COMMIT, after the first had rolled back, counted as committed.`,
    from: `        query.retried
          ? errored(query.retried)
          : query.prepared && retryRoutines.has(errorResponse.routine)
            ? retry(query, errorResponse)
            : errored(errorResponse)
`,
    to: `        query.prepared && retryRoutines.has(errorResponse.routine) && delete statements[query.signature] &&
        !query.final && x[5] === 73 // I
          ? retry(query, errorResponse)
          : errored(errorResponse)
`,
  },
  {
    why: `A statement that fails after it sent rows has no CommandComplete. The next statement's rows began behind its own,
      with holes in front of them, so a reader of the first row found none.
      The first statements of a connection are not the caller's: ours sets up the session (store/database/session.ts), the driver's
      asks which types are arrays. Where one of them fails, the connection is given up. Without the second, arrays came as
      text for as long as the connection lived.`,
    from: `    query = results = errorResponse = null
    result = new Result()
    connectTimer.cancel()
`,
    to: `    const unprepared = preparing && errorResponse
    preparing = false
    query = results = errorResponse = null
    result = new Result()
    rows = 0
    connectTimer.cancel()
    if (unprepared)
      return terminate()
`,
  },
  {
    why: `The settings of each new session are a statement of its own: as startup parameters an older server and PgBouncer
      would refuse them (docs/decisions/0015).`,
    from: `      needsTypes = options.fetch_types
      statementId`,
    to: `      needsTypes = options.fetch_types
      needsSession = options.session
      statementId`,
  },
  {
    why: `The same. The failure of one of these statements is the failure of the caller's behind it, which is told already.`,
    from: `      if (needsTypes) {
        initial.reserve && (initial = null)
        return fetchArrayTypes()
      }
`,
    to: `      if (needsSession) {
        needsSession = false
        preparing = true
        return new Query([options.session], [], execute, null, { simple: true }).catch(() => {})
      }

      if (needsTypes) {
        initial.reserve && (initial = null)
        preparing = true
        return fetchArrayTypes().catch(() => {})
      }
`,
  },
  {
    why: `One Sync is sent for one statement. Where its parameters could not be written, and the server refused it besides,
      two were: each statement from then on got the answer of the one before it.`,
    from: `        query && (query.cursorFn || query.describeFirst) && write(Sync)
        errored(e)`,
    to: `        query && (query.cursorFn || query.describeFirst) && write(Sync)
        query && (query.describeFirst = false)
        errored(e)`,
  },
  {
    why: `The same.`,
    from: `      (query.cursorFn || query.describeFirst) && write(Sync)
      errorResponse`,
    to: `      (query.cursorFn || query.describeFirst) && write(Sync)
      query.describeFirst = false
      errorResponse`,
  },
  {
    why: `A statement counts as prepared when its columns are known too: where its description was cut off between the two,
      each later use of it failed.`,
    from: `    query.prepare && (statements[query.signature] = query.statement)
    query.describeFirst &&`,
    to: `    query.describeFirst &&`,
  },
  {
    why: `The same.`,
    from: `    result.statement = query.statement
    if (query.onlyDescribe)
      return (query.resolve(query.statement), write(Sync))
  }

  async function Authentication(`,
    to: `    result.statement = query.statement
    query.prepare && !query.options.simple && (statements[query.signature] = query.statement)
    if (query.onlyDescribe)
      return (query.resolve(query.statement), write(Sync))
  }

  async function Authentication(`,
  },
  {
    why: `The same, of a statement without columns.`,
    from: `    result.statement.columns = []
`,
    to: `    result.statement.columns = []
    query.prepare && (statements[query.signature] = query.statement)
`,
  },
]
