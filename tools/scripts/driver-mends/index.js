// What is changed in postgres.js 3.4.9, src/index.js. Why: docs/decisions/0007.

export default [
  {
    why: `By this store/database/database.ts knows the driver that it was written for. Raise both with each change of a mend.`,
    from: `Object.assign(Postgres, {
  PostgresError,
`,
    to: `Object.assign(Postgres, {
  mends: 4,
  PostgresError,
`,
  },
  {
    why: `The statement that sets up each new session: see connection.js.`,
    from: `    socket          : o.socket,
`,
    to: `    socket          : o.socket,
    session         : o.session,
`,
  },
  {
    why: `A transaction ends for all its statements at once. Those that were still waiting for their turn when its connection
      was lost never ended. A connection that is still in the transaction after its end (COMMIT itself was canceled) is
      given up: it was kept for ever, and so were the locks.`,
    from: `    let savepoints = 0
      , connection
      , prepare = null

    try {
      await sql.unsafe('begin ' + options.replace(/[^a-z ]/ig, ''), [], { onexecute }).execute()
      return await Promise.race([
        scope(connection, fn),
        new Promise((_, reject) => connection.onclose = reject)
      ])
    } catch (error) {
      throw error
    }
`,
    to: `    let savepoints = 0
      , connection
      , prepare = null
      , lost = null
      , last = null

    try {
      await sql.unsafe('begin ' + options.replace(/[^a-z ]/ig, ''), [], { onexecute }).execute()
      return await Promise.race([
        scope(connection, fn),
        new Promise((_, reject) => connection.onclose = error => (lose(error), reject(error)))
      ])
    } finally {
      connection && connection.reserved === next && connection.terminate()
    }

    function lose(error) {
      lost = error
      while (queries.length)
        queries.shift().reject(error)
    }

    function next() {
      return queries.length
        ? connection.execute(queries.shift())
        : move(connection, reserved)
    }
`,
  },
  {
    why: `The same.`,
    from: `      c.reserved = () => queries.length
        ? c.execute(queries.shift())
        : move(c, reserved)
    }
  }

  function move(`,
    to: `      c.reserved = next
    }
  }

  function move(`,
  },
  {
    why: `After its last statement (commit, rollback, rollback to) a transaction or savepoint takes no more: where one of
      several branches had failed, the others went on outside of any transaction, or inside of another.
      A COMMIT that is answered ROLLBACK is a failure.`,
    from: `      let uncaughtError
        , result

      name && await sql`,
    to: `      let uncaughtError
        , result
        , final = null

      name && await sql`,
  },
  {
    why: `The same.`,
    from: `        await (name
          ? sql\`rollback to \${ sql(name) }\`
          : sql\`rollback\`
        )
        throw e`,
    to: `        await finish(name
          ? sql\`rollback to \${ sql(name) }\`
          : sql\`rollback\`
        )
        throw e`,
  },
  {
    why: `The same.`,
    from: `      if (!name) {
        prepare
          ? await sql\`prepare transaction '\${ sql.unsafe(prepare) }'\`
          : await sql\`commit\`
      }

      return result
`,
    to: `      if (name) {
        final = true
      } else {
        const { command } = await finish(prepare
          ? sql\`prepare transaction '\${ sql.unsafe(prepare) }'\`
          : sql\`commit\`
        )
        if (command === 'ROLLBACK')
          throw uncaughtError || Errors.generic('TRANSACTION_ROLLED_BACK', 'A statement of the transaction had failed')
      }

      return result

      function finish(query) {
        final = query
        query.final = true
        name || (last = query)
        return query
      }
`,
  },
  {
    why: `The same.`,
    from: `        q.catch(e => uncaughtError || (uncaughtError = e))
        c.queue === full`,
    to: `        q.catch(e => uncaughtError || (uncaughtError = e))
        if (lost)
          return q.reject(lost)
        if ((last && q !== last) || (final && q !== final))
          return q.reject(Errors.generic('TRANSACTION_ENDED', 'The transaction or savepoint has ended'))
        c.queue === full`,
  },
  {
    why: `Who asked for something before the pool was ended gets it, and then its connection ends too. It was made anew for
      that, and stayed open.`,
    from: `    if (queries.length === 0)
      return move(c, open)
`,
    to: `    if (queries.length === 0)
      return ending ? (move(c, ended), c.terminate()) : move(c, open)
`,
  },
  {
    why: `The pool has ended when that is done.`,
    from: `        subscribe.sql ? subscribe.sql.end({ timeout: 0 }) : []
      ))
`,
    to: `        subscribe.sql ? subscribe.sql.end({ timeout: 0 }) : []
      )).then(quiet)
`,
  },
  {
    why: `The same.`,
    from: `  async function close() {
`,
    to: `  async function quiet() {
    while (queries.length || [connecting, busy, full, reserved].some(x => x.length))
      await new Promise(r => setTimeout(r, 10))
  }

  async function close() {
`,
  },
]
